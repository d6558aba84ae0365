package friendship

import (
	"context"
	"fmt"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/friend-service/internal/store"
)

// removalStep bounds how many friendships, and requests of each direction, one call of RemoveUser ends: it has to answer in time.
const removalStep = 50

// RemoveUser ends the friendships of a user whose account was deleted, cancels the requests that the user made and lets those
// expire that the user was asked. chat-service learns of it through the outbox, soon after the answer. Blocks stay; they hold
// back nobody. From the first call on the user cannot become anybody's friend any more. Calling it again is no error, and has
// to be done until done is true. Errors: INVALID_ARGUMENT, UNAVAILABLE.
func (f *Friendships) RemoveUser(ctx context.Context, user model.UserID) (done bool, err error) {
	if user <= 0 {
		return false, errs.InvalidField("userId", "must be a user")
	}
	if err := f.store.MarkRemoved(ctx, user, f.now()); err != nil {
		return false, fmt.Errorf("remove user: %w", err)
	}
	others, more, err := f.store.Ties(ctx, user, removalStep)
	if err != nil {
		return false, fmt.Errorf("remove user: %w", err)
	}
	for _, other := range others {
		if err := f.untie(ctx, user, other); err != nil {
			return false, fmt.Errorf("remove user: %w", err)
		}
	}
	return !more, nil
}

// untie ends what there is between a user who was removed and another.
func (f *Friendships) untie(ctx context.Context, removed, other model.UserID) error {
	err := f.store.Change(ctx, removed, other, f.now(), func(p *store.Pair) error {
		if p.Friends() {
			if err := p.Unfriend(); err != nil {
				return err
			}
		}
		if err := closeFrom(p, removed, store.Cancelled); err != nil {
			return err
		}
		return closeFrom(p, other, store.Expired)
	})
	if err != nil {
		return err
	}
	f.outbox.Wake(model.SingleID(removed, other))
	return nil
}

// lockLists is store.Pair.LockLists for who has to be there. Errors: USER_NOT_FOUND.
func lockLists(p *store.Pair, user model.UserID) error {
	removed, err := p.LockLists(user)
	if err == nil && removed {
		err = errs.ErrUserNotFound
	}
	return err
}
