package limit

import (
	"context"
	"sync/atomic"
	"time"

	"im-backend/common/utils/errs"
)

// turnAfter is when somebody may try again for whom there was no place to wait.
const turnAfter = 2 * time.Second

// Turns lets so many do something at a time, while so many wait in order. It is safe for concurrent use.
type Turns struct {
	slots   chan struct{}
	queue   int64
	waiting atomic.Int64
}

// NewTurns makes turns of which nobody has one.
func NewTurns(atOnce, queue int) *Turns {
	return &Turns{slots: make(chan struct{}, atOnce), queue: int64(queue)}
}

// Take waits for a turn; the caller gives it back with release. Errors: UNAVAILABLE when too many wait, or ctx ended.
func (t *Turns) Take(ctx context.Context) (release func(), err error) {
	release = func() { <-t.slots }
	select {
	case t.slots <- struct{}{}:
		return release, nil
	default:
	}
	defer t.waiting.Add(-1)
	if t.waiting.Add(1) > t.queue {
		return nil, errs.ErrUnavailable.Saying("too many wait already; try again").After(turnAfter)
	}
	select {
	case t.slots <- struct{}{}:
		return release, nil
	case <-ctx.Done():
		return nil, errs.ErrUnavailable.Saying("it waited too long; try again").After(turnAfter).Because(ctx.Err())
	}
}

// Crowded reports whether as many wait as can have a turn at once.
func (t *Turns) Crowded() bool { return t.waiting.Load() >= int64(cap(t.slots)) }
