package limit

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
)

// turnAfter is when somebody may try again for whom there was no place to wait.
const turnAfter = 2 * time.Second

// Turns lets so many do something at a time, while so many wait in order; one user has so many places among them all. It is
// safe for concurrent use.
type Turns struct {
	slots   chan struct{}
	queue   int64
	ofUser  int
	waiting atomic.Int64

	mu    sync.Mutex
	users map[model.UserID]int // places that a user has; none is not kept
}

// NewTurns makes turns of which nobody has one.
func NewTurns(atOnce, queue, ofUser int) *Turns {
	return &Turns{slots: make(chan struct{}, atOnce), queue: int64(queue), ofUser: ofUser, users: map[model.UserID]int{}}
}

// Take waits for a turn of a user; the caller gives it back with release. Errors: RATE_LIMITED when the user has all its
// places; UNAVAILABLE when too many wait, or ctx ended.
func (t *Turns) Take(ctx context.Context, user model.UserID) (release func(), err error) {
	if !t.enter(user) {
		return nil, errs.ErrRateLimited.Saying("too many requests are not answered yet").After(turnAfter)
	}
	if err := t.wait(ctx); err != nil {
		t.leave(user)
		return nil, err
	}
	return func() {
		<-t.slots
		t.leave(user)
	}, nil
}

func (t *Turns) enter(user model.UserID) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.users[user] >= t.ofUser {
		return false
	}
	t.users[user]++
	return true
}

func (t *Turns) leave(user model.UserID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.users[user]--; t.users[user] == 0 {
		delete(t.users, user)
	}
}

func (t *Turns) wait(ctx context.Context) error {
	select {
	case t.slots <- struct{}{}:
		return nil
	default:
	}
	defer t.waiting.Add(-1)
	if t.waiting.Add(1) > t.queue {
		return errs.ErrUnavailable.Saying("too many wait already; try again").After(turnAfter)
	}
	select {
	case t.slots <- struct{}{}:
		return nil
	case <-ctx.Done():
		return errs.ErrUnavailable.Saying("it waited too long; try again").After(turnAfter).Because(ctx.Err())
	}
}

// Crowded reports whether as many wait as can have a turn at once.
func (t *Turns) Crowded() bool { return t.waiting.Load() >= int64(cap(t.slots)) }
