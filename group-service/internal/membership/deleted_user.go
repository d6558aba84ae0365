package membership

import (
	"context"
	"errors"
	"fmt"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/store"
)

// removeStep is how many groups one call takes a deleted user out of.
const removeStep = 20

// RenameUser gives a user's new name to its memberships, for lists by name. It does not show in the members themselves, so it is no
// change of them.
func (g *Groups) RenameUser(ctx context.Context, user model.UserID, name string) error {
	return g.store.Rename(ctx, user, name)
}

// RemoveUser takes a user who was deleted out of some of its groups, and reports whether that were all. From the first call on the
// user can be in no further group. chat-service learns of it through the outbox, soon after the answer. It may be repeated.
func (g *Groups) RemoveUser(ctx context.Context, user model.UserID) (done bool, err error) {
	if err := g.store.MarkRemoved(ctx, user, g.now()); err != nil {
		return false, fmt.Errorf("remove user: %w", err)
	}
	list, err := g.store.Memberships(ctx, user, 0, removeStep+1)
	if err != nil {
		return false, err
	}
	for _, m := range list[:min(len(list), removeStep)] {
		if err := g.removeFrom(ctx, m.ID, user); err != nil {
			return false, fmt.Errorf("remove user: %w", err)
		}
	}
	return len(list) <= removeStep, nil
}

func (g *Groups) removeFrom(ctx context.Context, id model.GroupID, user model.UserID) error {
	_, err := g.change(ctx, id, user, func(l *store.Locked, me store.Member) error {
		if me.Role == store.Owner {
			second, found, err := l.Second()
			if err != nil {
				return err
			}
			if !found {
				l.Status = store.Dismissed
				tellDismissed(l, user)
				return l.LapseRequests()
			}
			if err := handOver(l, me, second); err != nil {
				return err
			}
		}
		return takeOut(l, "member.left", user, user)
	})
	if errors.Is(err, errs.ErrGroupNotFound) {
		return nil // dismissed or left meanwhile
	}
	if err != nil {
		return err
	}
	g.outbox.Wake(model.GroupConversationID(id))
	return nil
}
