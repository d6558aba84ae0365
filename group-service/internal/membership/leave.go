package membership

import (
	"context"
	"fmt"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/store"
)

// Kick removes a member of a lower role. It answers when chat-service knows it: the kicked user gets nothing more. After an
// UNAVAILABLE the change is committed and the same call succeeds later, as it does for whoever has left, as long as that is known.
// Errors: GROUP_NOT_FOUND, NOT_GROUP_ADMIN, FORBIDDEN, USER_NOT_FOUND, UNAVAILABLE.
func (g *Groups) Kick(ctx context.Context, id model.GroupID, user, target model.UserID) error {
	var since int64
	_, err := g.change(ctx, id, user, func(l *store.Locked, me store.Member) error {
		if err := may(l.Group, me.Role, kick); err != nil {
			return err
		}
		other, found, err := l.Member(target)
		switch {
		case err != nil:
			return err
		case !found:
			return errs.ErrUserNotFound
		case other.Left:
			since = other.JoinedAt
			return nil
		}
		if err := mayTo(l.Group, me.Role, other.Role, kick); err != nil {
			return err
		}
		since = l.At.UnixMilli()
		return takeOut(l, "member.kicked", user, target)
	})
	if err != nil {
		return fmt.Errorf("remove member: %w", err)
	}
	return g.confirm(ctx, id, since)
}

// takeOut ends a membership, and with it the invites that the member made. event is member.left or member.kicked.
func takeOut(l *store.Locked, event string, operator, user model.UserID) error {
	tellGone(l, event, operator, user)
	if err := l.RevokeInvitesOf(user); err != nil {
		return err
	}
	return l.Remove(user)
}

// Leave removes the caller. It answers when chat-service knows it. After an UNAVAILABLE the change is committed and the same
// call succeeds later, as it does for whoever has left, as long as that is known. Errors: GROUP_NOT_FOUND, FORBIDDEN, UNAVAILABLE.
func (g *Groups) Leave(ctx context.Context, id model.GroupID, user model.UserID) error {
	var since int64
	_, found, err := g.store.Change(ctx, id, g.now(), func(l *store.Locked) error {
		me, found, err := l.Member(user)
		switch {
		case err != nil:
			return err
		case found && me.Left:
			since = me.JoinedAt
			return nil
		case !found, l.Status != store.Active:
			return errs.ErrGroupNotFound
		}
		if err := may(l.Group, me.Role, leave); err != nil {
			return err
		}
		since = l.At.UnixMilli()
		return takeOut(l, "member.left", user, user)
	})
	if err == nil && !found {
		err = errs.ErrGroupNotFound
	}
	if err != nil {
		return fmt.Errorf("leave group: %w", err)
	}
	return g.confirm(ctx, id, since)
}
