package membership

import (
	"context"
	"fmt"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/store"
)

// Dismiss ends a group. It answers when chat-service knows it: nobody can write any more. After an UNAVAILABLE the change is
// committed and the same call succeeds later. Errors: GROUP_NOT_FOUND, NOT_GROUP_OWNER, UNAVAILABLE.
func (g *Groups) Dismiss(ctx context.Context, id model.GroupID, user model.UserID) error {
	_, found, err := g.store.Change(ctx, id, g.now(), func(l *store.Locked) error {
		me, found, err := l.Member(user)
		switch {
		case err != nil:
			return err
		case !found, me.Left, l.Status == store.Dismissed:
			return errs.ErrGroupNotFound
		case l.Status == store.Dismissing && me.Role == store.Owner:
			return nil // an earlier call committed and could not answer
		case l.Status == store.Dismissing:
			return errs.ErrGroupNotFound
		}
		if err := may(l.Group, me.Role, dismiss); err != nil {
			return err
		}
		l.Status = store.Dismissing
		tellDismissed(l, user)
		return l.LapseRequests()
	})
	if err == nil && !found {
		err = errs.ErrGroupNotFound
	}
	if err != nil {
		return fmt.Errorf("dismiss group: %w", err)
	}
	if err := g.Flush(ctx, id); err != nil {
		return err
	}
	return g.store.ConfirmDismissal(ctx, id)
}
