// Package friendship has the rules of friend requests, friendships and blocks. Every command works on one pair of users under
// the pair's lock and changes the tables and the outbox in one transaction; logic calls it, and it knows neither SQL nor gRPC.
//
// Locks are taken in one order: the pair, then the lists of its users, the smaller id first. What is counted against a limit of a
// user is counted under the lock of that user's lists.
package friendship

import (
	"context"
	"errors"
	"time"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/versioned"
	"im-backend/friend-service/internal/store"
)

// What the room answers, named here for its callers, who do not see the store.
type (
	// Request is one friend request and its outcome.
	Request = store.Request
	// Status is how far a friend request has come.
	Status = store.Status
	// Friend is one user's side of a friendship.
	Friend = store.Friend
)

// Config has the lifetime of requests and the limits of one user.
type Config struct {
	RequestLifetime time.Duration `json:",default=720h"` // after it a request that nobody answered has expired
	MaxFriends      int64         `json:",default=5000"` // friends
	MaxPending      int64         `json:",default=200"`  // own requests that wait for an answer
	MaxTags         int           `json:",default=20"`   // of one friend, at most 50
	MaxBlocks       int64         `json:",default=1000"` // blocked users
}

// tagsFit is how many tags of maxTag characters the column takes for certain.
const tagsFit = 50

// Validate reports what nobody could live with.
func (c Config) Validate() error {
	var faults []error
	if c.RequestLifetime < time.Second {
		faults = append(faults, errors.New("set Friendship.RequestLifetime to a second at least"))
	}
	if c.MaxFriends < 1 || c.MaxPending < 1 || c.MaxBlocks < 1 {
		faults = append(faults, errors.New("set Friendship.MaxFriends, Friendship.MaxPending and Friendship.MaxBlocks above zero"))
	}
	if c.MaxTags < 1 || c.MaxTags > tagsFit {
		faults = append(faults, errors.New("set Friendship.MaxTags to 1 to 50"))
	}
	return errors.Join(faults...)
}

// flushTimeout bounds how long an answer waits for chat-service.
const flushTimeout = 1500 * time.Millisecond

// Directory knows the users. Errors: UNAVAILABLE, TIMEOUT.
type Directory interface {
	// Missing answers those among ids who do not exist.
	Missing(ctx context.Context, ids ...model.UserID) ([]model.UserID, error)
	// TakesRequests reports whether a user may be asked to be friends. Errors: USER_NOT_FOUND.
	TakesRequests(ctx context.Context, user model.UserID) (bool, error)
}

// Outbox carries committed changes to the conversation logs.
type Outbox interface {
	// Flush returns nil when nothing of the aggregate is pending any more; otherwise the background goes on with it.
	Flush(ctx context.Context, aggregate model.ConversationID) error
	// Wake has the aggregate sent soon, in the background.
	Wake(aggregate model.ConversationID)
}

// IDs makes request ids, growing with time.
type IDs interface {
	Next() int64
}

// Friendships runs the commands and the lists. It is safe for concurrent use.
type Friendships struct {
	config    Config
	store     *store.Store
	directory Directory
	outbox    Outbox
	ids       IDs
	cache     *versioned.Cache
	now       func() time.Time
}

// New makes the room. cache may be nil; now is the clock.
func New(c Config, s *store.Store, d Directory, o Outbox, ids IDs, cache *versioned.Cache, now func() time.Time) *Friendships {
	return &Friendships{config: c, store: s, directory: d, outbox: o, ids: ids, cache: cache, now: now}
}

// mustExist checks another user before the transaction, so that no lock is held over the network. Errors: USER_NOT_FOUND.
func (f *Friendships) mustExist(ctx context.Context, user model.UserID) error {
	missing, err := f.directory.Missing(ctx, user)
	if err != nil {
		return err
	}
	if len(missing) > 0 {
		return errs.ErrUserNotFound
	}
	return nil
}

// Flush sends what the outbox still holds for a pair. Errors: UNAVAILABLE: the change is committed and will follow.
func (f *Friendships) Flush(ctx context.Context, a, b model.UserID) error {
	ctx, cancel := context.WithTimeout(ctx, flushTimeout)
	defer cancel()
	if err := f.outbox.Flush(ctx, model.SingleID(a, b)); err != nil {
		return errs.ErrUnavailable.Because(err)
	}
	return nil
}

// follow is Flush where the answer is right without it: the relay goes on with what fails here, and logs it.
func (f *Friendships) follow(ctx context.Context, a, b model.UserID) { _ = f.Flush(ctx, a, b) }
