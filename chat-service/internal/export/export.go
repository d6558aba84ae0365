// Package export bounds how often a user takes all of its data out. What is taken out the gateway collects, page by page.
package export

import (
	"context"
	"errors"
	"time"

	"im-backend/chat-service/internal/store"
	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/quota"
)

// Config bounds exports.
type Config struct {
	PerMinute int64 `json:",default=3"`  // exports of a user in a minute, those that go on included
	PerDay    int64 `json:",default=10"` // exports of a user in a day
}

// Validate reports bounds that let no export through.
func (c Config) Validate() error {
	if min(c.PerMinute, c.PerDay) < 1 {
		return errors.New("Export: PerMinute and PerDay must be at least 1")
	}
	return nil
}

// Export counts exports.
type Export struct {
	config Config
	store  *store.Store
}

// New makes an Export.
func New(c Config, s *store.Store) *Export { return &Export{config: c, store: s} }

// Start counts an export. Errors: RATE_LIMITED, UNAVAILABLE.
func (e *Export) Start(ctx context.Context, user model.UserID) error {
	var wait time.Duration
	rate := quota.Rate{PerMinute: e.config.PerMinute, PerDay: e.config.PerDay}
	err := e.store.SpendQuota(ctx, user, "export", func(spent *quota.Spent) { wait = spent.Take(rate, time.Now().UnixMilli()) })
	if err == nil && wait > 0 {
		return errs.ErrRateLimited.Saying("too many exports").After(wait)
	}
	return err
}
