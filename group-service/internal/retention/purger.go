// Package retention forgets what groups need no more: requests to join that were answered, invites that have ended, and what users
// had spent of their rates. app owns its one Purger; it knows neither SQL nor the rules of groups.
package retention

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/zeromicro/go-zero/core/logc"
)

// Config says what is kept for how long.
type Config struct {
	Every    time.Duration `json:",default=1h"`    // how often is looked for what may go; at least a second
	Requests time.Duration `json:",default=2160h"` // after the answer to a request to join; at least a day
	Invites  time.Duration `json:",default=720h"`  // after the end of an invite; at least an hour
}

// The least that may be configured.
const (
	leastRequests = 24 * time.Hour
	leastInvites  = time.Hour
)

// Validate reports what would forget too soon, or never rest.
func (c Config) Validate() error {
	var faults []error
	if c.Every < time.Second {
		faults = append(faults, errors.New("set Retention.Every to a second at least"))
	}
	if c.Requests < leastRequests {
		faults = append(faults, errors.New("set Retention.Requests to a day at least"))
	}
	if c.Invites < leastInvites {
		faults = append(faults, errors.New("set Retention.Invites to an hour at least"))
	}
	return errors.Join(faults...)
}

// Store forgets at most limit rows that are older than a time, and answers how many. Errors: UNAVAILABLE, TIMEOUT.
type Store interface {
	PurgeRequests(ctx context.Context, before time.Time, limit int) (int, error)
	PurgeInvites(ctx context.Context, before time.Time, limit int) (int, error)
	// PurgeQuotas is given the time that it is now: how long something counts is no matter of configuration.
	PurgeQuotas(ctx context.Context, now time.Time, limit int) (int, error)
}

const (
	step  = 200 // rows of one statement
	steps = 500 // of one kind in one sweep
	rest  = 10 * time.Millisecond
)

// Purger forgets in the background. Several instances may work on one database: what one has forgotten the others do not find.
type Purger struct {
	config Config
	store  Store
	now    func() time.Time
	stop   context.CancelFunc
	wg     sync.WaitGroup
}

// New makes a Purger; now is the clock.
func New(c Config, s Store, now func() time.Time) *Purger {
	return &Purger{config: c, store: s, now: now, stop: func() {}}
}

// Start begins to forget, at once and then every while.
func (p *Purger) Start() {
	ctx, cancel := context.WithCancel(context.Background())
	p.stop = cancel
	p.wg.Go(func() { p.run(ctx) })
}

// Stop ends forgetting and waits for it.
func (p *Purger) Stop() {
	p.stop()
	p.wg.Wait()
}

func (p *Purger) run(ctx context.Context) {
	ticker := time.NewTicker(p.config.Every)
	defer ticker.Stop()
	for {
		if err := p.Sweep(ctx); err != nil && ctx.Err() == nil {
			logc.Infow(ctx, "purging waits", logc.Field("error", err.Error()))
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// Sweep forgets what may go now, with a rest between two statements; what is too much for one sweep is left to the next. Errors: the
// store's, the end of ctx.
func (p *Purger) Sweep(ctx context.Context) error {
	now := p.now()
	return errors.Join(
		p.sweep(ctx, p.store.PurgeRequests, now.Add(-p.config.Requests)),
		p.sweep(ctx, p.store.PurgeInvites, now.Add(-p.config.Invites)),
		p.sweep(ctx, p.store.PurgeQuotas, now),
	)
}

func (p *Purger) sweep(ctx context.Context, purge func(context.Context, time.Time, int) (int, error), at time.Time) error {
	for range steps {
		n, err := purge(ctx, at, step)
		if err != nil || n < step {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(rest):
		}
	}
	return nil
}
