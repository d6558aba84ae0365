package hub

import (
	"context"
	"fmt"
	"sync"

	"im-backend/common/model"
)

// flightsAtOnce is how many questions for new users are under way at a time.
const flightsAtOnce = 2

// loader joins the questions about the groups of users that connect at the same time into few.
type loader struct {
	hub *Hub

	mu      sync.Mutex
	waiting []question
	flights int
}

type question struct {
	user     model.UserID
	answered chan error
}

// load lets a user into its groups. Errors: those of Memberships, or that of ctx.
func (l *loader) load(ctx context.Context, id model.UserID) error {
	q := question{user: id, answered: make(chan error, 1)}
	l.mu.Lock()
	l.waiting = append(l.waiting, q)
	if l.flights < flightsAtOnce {
		l.flights++
		l.hub.owner.Go(l.fly)
	}
	l.mu.Unlock()
	select {
	case err := <-q.answered:
		return err
	case <-ctx.Done():
		return fmt.Errorf("load groups: %w", ctx.Err())
	}
}

// fly asks for whoever waits until nobody does.
func (l *loader) fly() {
	for batch := l.take(); len(batch) > 0; batch = l.take() {
		users := make([]model.UserID, 0, len(batch))
		for _, q := range batch {
			users = append(users, q.user)
		}
		ctx, cancel := context.WithTimeout(l.hub.ctx, askTimeout)
		err := l.hub.load(ctx, users)
		cancel()
		for _, q := range batch {
			q.answered <- err
		}
	}
}

func (l *loader) take() []question {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := min(usersAtOnce, len(l.waiting))
	batch := l.waiting[:n]
	if l.waiting = l.waiting[n:]; n == 0 {
		l.flights--
		l.waiting = nil
	}
	return batch
}
