package membership

import (
	"context"
	"fmt"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/store"
)

// Dismiss ends a group. It answers when chat-service knows it: nobody can write any more. After an UNAVAILABLE the change is
// committed and the same call succeeds later, as every repeat by the owner does. Errors: GROUP_NOT_FOUND, NOT_GROUP_OWNER,
// UNAVAILABLE.
func (g *Groups) Dismiss(ctx context.Context, id model.GroupID, user model.UserID) error {
	var since int64
	_, found, err := g.store.Change(ctx, id, g.now(), func(l *store.Locked) error {
		me, found, err := l.Member(user)
		switch {
		case err != nil:
			return err
		case !found, me.Left:
			return errs.ErrGroupNotFound
		case l.Status != store.Active && me.Role == store.Owner:
			since = 0
			return nil
		case l.Status != store.Active:
			return errs.ErrGroupNotFound
		}
		if err := may(l.Group, me.Role, dismiss); err != nil {
			return err
		}
		since, l.Status = l.At.UnixMilli(), store.Dismissed
		tellDismissed(l, user)
		return l.LapseRequests()
	})
	if err == nil && !found {
		err = errs.ErrGroupNotFound
	}
	if err != nil {
		return fmt.Errorf("dismiss group: %w", err)
	}
	return g.confirm(ctx, id, since)
}
