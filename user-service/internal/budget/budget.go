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
	"im-backend/common/utils/quota"
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

// Store keeps what was spent. Errors: UNAVAILABLE.
type Store interface {
	// Spend changes what a user has spent in one transaction that nobody else interferes with. change may run again.
	Spend(ctx context.Context, user model.UserID, change func(*quota.Spent)) error
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
	rate := quota.Rate{PerMinute: s.config.PerMinute, PerDay: s.config.PerDay}
	err := s.store.Spend(ctx, user, func(spent *quota.Spent) { wait = spent.Take(rate, s.now().UnixMilli()) })
	if err != nil {
		return fmt.Errorf("spend search: %w", err)
	}
	if wait > 0 {
		return errs.ErrRateLimited.Saying("too many searches").After(wait)
	}
	return nil
}
