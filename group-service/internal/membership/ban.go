package membership

import (
	"context"
	"fmt"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/page"
	"im-backend/group-service/internal/store"
)

// Ban keeps a user of a lower role out, a member or not. A member is kicked; then it answers when chat-service knows it. After an
// UNAVAILABLE the change is committed and the same call succeeds later. Repeating it is no error. Errors: GROUP_NOT_FOUND,
// NOT_GROUP_ADMIN, FORBIDDEN, USER_NOT_FOUND, BAN_LIMIT_REACHED, UNAVAILABLE.
func (g *Groups) Ban(ctx context.Context, id model.GroupID, user, target model.UserID) error {
	names, err := g.directory.Names(ctx, target) // before the transaction: no lock is held over the network
	if err != nil {
		return fmt.Errorf("ban user: %w", err)
	}
	var since int64
	_, err = g.change(ctx, id, user, func(l *store.Locked, me store.Member) error {
		other, found, err := l.Member(target)
		if err != nil {
			return err
		}
		if since = l.At.UnixMilli(); found && other.Left {
			since = other.JoinedAt // by an earlier call, maybe
		}
		present := found && !other.Left
		if !present {
			other.Role = store.NoRole
		}
		if err := mayTo(l.Group, me.Role, other.Role, ban); err != nil {
			return err
		}
		if !present && len(names) == 0 {
			return errs.ErrUserNotFound
		}
		return g.keepOut(l, user, target, present)
	})
	if err != nil {
		return fmt.Errorf("ban user: %w", err)
	}
	return g.confirm(ctx, id, since)
}

// addBan bans a user. Errors: BAN_LIMIT_REACHED.
func (g *Groups) addBan(l *store.Locked, by, target model.UserID) error {
	n, err := l.CountBans()
	if err == nil && n >= g.config.MaxBans {
		err = errs.ErrBanLimitReached
	}
	if err != nil {
		return err
	}
	return l.Ban(target, by)
}

// keepOut bans a user, who is kicked if present.
func (g *Groups) keepOut(l *store.Locked, by, target model.UserID, present bool) error {
	banned, err := l.Banned([]model.UserID{target})
	if err != nil {
		return err
	}
	if !banned[target] {
		if err := g.addBan(l, by, target); err != nil {
			return err
		}
	}
	if err := l.LapseRequests(target); err != nil || !present {
		return err
	}
	return takeOut(l, "member.kicked", by, target)
}

// Unban lets a user join again; there being no ban is no error. Errors: GROUP_NOT_FOUND, NOT_GROUP_ADMIN.
func (g *Groups) Unban(ctx context.Context, id model.GroupID, user, target model.UserID) error {
	_, err := g.change(ctx, id, user, func(l *store.Locked, me store.Member) error {
		if err := may(l.Group, me.Role, ban); err != nil {
			return err
		}
		return l.Unban(target)
	})
	if err != nil {
		return fmt.Errorf("unban user: %w", err)
	}
	return nil
}

// banPosition is the last ban of a page.
type banPosition struct {
	User model.UserID `json:"user"`
	At   int64        `json:"at"`
}

// Bans lists who is banned, the newest first, and answers the cursor of the next page. Errors: GROUP_NOT_FOUND, NOT_GROUP_ADMIN,
// INVALID_ARGUMENT.
func (g *Groups) Bans(ctx context.Context, id model.GroupID, user model.UserID, asked int32, cursor string) ([]store.Ban, string, error) {
	var at banPosition
	limit, err := g.pageOf(ctx, ban, id, user, asked, cursor, &at)
	if err != nil {
		return nil, "", err
	}
	list, err := g.store.Bans(ctx, id, store.Ban{User: at.User, CreatedAt: at.At}, limit+1)
	if err != nil || len(list) <= limit {
		return list, "", err
	}
	last := list[limit-1]
	return list[:limit], page.Cursor(banPosition{User: last.User, At: last.CreatedAt}), nil
}
