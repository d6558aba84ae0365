package membership

import (
	"context"
	"fmt"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/store"
)

// Kick removes a member of a lower role. It answers when chat-service knows it: the kicked user gets nothing more. After an
// UNAVAILABLE the change is committed and the same call succeeds later. Errors: GROUP_NOT_FOUND, NOT_GROUP_ADMIN, FORBIDDEN,
// USER_NOT_FOUND, UNAVAILABLE.
func (g *Groups) Kick(ctx context.Context, id model.GroupID, user, target model.UserID) error {
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
			return nil // an earlier call committed and could not answer
		}
		if err := mayTo(l.Group, me.Role, other.Role, kick); err != nil {
			return err
		}
		tellGone(l, "member.kicked", user, target)
		return l.Remove(target)
	})
	if err != nil {
		return fmt.Errorf("remove member: %w", err)
	}
	return g.forget(ctx, id, target)
}

// Leave removes the caller. It answers when chat-service knows it. After an UNAVAILABLE the change is committed and the same
// call succeeds later. Errors: GROUP_NOT_FOUND, FORBIDDEN, UNAVAILABLE.
func (g *Groups) Leave(ctx context.Context, id model.GroupID, user model.UserID) error {
	_, found, err := g.store.Change(ctx, id, g.now(), func(l *store.Locked) error {
		me, found, err := l.Member(user)
		switch {
		case err != nil:
			return err
		case !found, l.Status != store.Active:
			return errs.ErrGroupNotFound
		case me.Left:
			return nil // an earlier call committed and could not answer
		}
		if err := may(l.Group, me.Role, leave); err != nil {
			return err
		}
		tellGone(l, "member.left", user, user)
		return l.Remove(user)
	})
	if err == nil && !found {
		err = errs.ErrGroupNotFound
	}
	if err != nil {
		return fmt.Errorf("leave group: %w", err)
	}
	return g.forget(ctx, id, user)
}

// forget ends a leaving call: once chat-service knows, nothing has to be remembered of who left.
func (g *Groups) forget(ctx context.Context, id model.GroupID, user model.UserID) error {
	if err := g.Flush(ctx, id); err != nil {
		return err
	}
	return g.store.Forget(ctx, id, user)
}
