// Package budget bounds how often a user may search, so that nobody reads the list of users out by trying names and numbers. What was
// spent stands in the database, so all instances count together. It does not know what is searched for.
package budget

import (
	"context"
	"errors"
	"fmt"
	"time"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
)

// Config is how much may be spent.
type Config struct {
	PerMinute int64 `json:",default=30"`  // searches of a user in a minute
	PerDay    int64 `json:",default=500"` // searches of a user in a day
}

var errConfig = errors.New("SearchBudget: PerMinute and PerDay must be at least 1")

// Validate reports a budget with which nobody could search.
func (c Config) Validate() error {
	if c.PerMinute < 1 || c.PerDay < 1 {
		return errConfig
	}
	return nil
}

const (
	minute = time.Minute
	day    = 24 * time.Hour
)

// Window is what was spent of one budget, and since when. A window begins with the first search after the last one has ended.
type Window struct {
	At    int64 // unix milliseconds
	Count int64
}

// Spent is what a user has spent; the zero value is nothing.
type Spent struct {
	Minute, Day Window
}

// Store keeps what was spent. Errors: UNAVAILABLE.
type Store interface {
	// Spend changes what a user has spent in one transaction that nobody else interferes with. change may run again.
	Spend(ctx context.Context, user model.UserID, change func(*Spent)) error
}

// Searches is the budget of searches.
type Searches struct {
	config Config
	store  Store
	now    func() time.Time
}

// New makes a budget.
func New(c Config, s Store, now func() time.Time) *Searches {
	return &Searches{config: c, store: s, now: now}
}

// Spend takes one search off a user's budget. One that is refused is not counted. Errors: RATE_LIMITED with the time to wait,
// UNAVAILABLE: without the count nobody searches.
func (s *Searches) Spend(ctx context.Context, user model.UserID) error {
	var wait time.Duration
	err := s.store.Spend(ctx, user, func(spent *Spent) { wait = spent.take(s.config, s.now().UnixMilli()) })
	if err != nil {
		return fmt.Errorf("spend search: %w", err)
	}
	if wait > 0 {
		return errs.ErrRateLimited.Saying("too many searches").After(wait)
	}
	return nil
}

// take counts one search in both windows, or in none and answers how long to wait.
func (s *Spent) take(c Config, now int64) time.Duration {
	s.Minute.begin(now, minute)
	s.Day.begin(now, day)
	wait := max(s.Minute.wait(now, minute, c.PerMinute), s.Day.wait(now, day, c.PerDay))
	if wait == 0 {
		s.Minute.Count++
		s.Day.Count++
	}
	return wait
}

// begin begins a window where the last one has ended.
func (w *Window) begin(now int64, length time.Duration) {
	if now >= w.At+length.Milliseconds() {
		*w = Window{At: now}
	}
}

// wait is how long a window stays full; zero: it has room. The clock of another instance may be behind.
func (w *Window) wait(now int64, length time.Duration, limit int64) time.Duration {
	if w.Count < limit {
		return 0
	}
	return min(length, time.Duration(w.At+length.Milliseconds()-now)*time.Millisecond)
}
