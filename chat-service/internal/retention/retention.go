// Package retention trims logs: entries that are older than their type of conversation keeps them go, from the oldest end only, so
// that a log never has a hole. It walks over all conversations of a type, one instance at a time by a lease, and goes on where the
// last walk ended. What is too old is first taken out of sight, then deleted in small transactions; what a crash leaves is found by
// the walk that follows.
package retention

import (
	"context"
	"errors"
	"math"
	"sync"
	"time"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/chat-service/internal/search"
	"im-backend/chat-service/internal/store"
	"im-backend/common/model"
	"im-backend/common/model/imchat"
	"im-backend/common/utils/failpoint"
)

// Config says how long entries are kept. Days may have fractions; zero: for ever.
type Config struct {
	SingleDays       float64       `json:",default=0"`     // in conversations of two
	GroupDays        float64       `json:",default=0"`     // in groups
	NotificationDays float64       `json:",default=0"`     // in the notification conversations of users
	Batch            int           `json:",default=500"`   // entries of one transaction
	Pace             time.Duration `json:",default=100ms"` // between two transactions, so that others come first
	Every            time.Duration `json:",default=1h"`    // between the end of one walk and the next
	Lease            time.Duration `json:",default=1m"`    // of the instance that walks; another goes on after it
}

// maxDays is some hundred years: more is a mistake.
const maxDays = 36500

// Validate reports values with which nothing would be trimmed, or too much.
func (c Config) Validate() error {
	for _, days := range []float64{c.SingleDays, c.GroupDays, c.NotificationDays} {
		if math.IsNaN(days) || days < 0 || days > maxDays {
			return errors.New("Retention: SingleDays, GroupDays and NotificationDays must be from 0 to 36500")
		}
	}
	if c.Batch < 1 || c.Batch > 5000 || c.Pace < 0 || min(c.Every, c.Lease) < time.Second {
		return errors.New("Retention: Batch must be from 1 to 5000, Pace not negative, Every and Lease at least 1s")
	}
	return nil
}

// kept is how long a type of conversations keeps its entries; zero: for ever.
func (c Config) kept(kind model.ConversationType) time.Duration {
	days := map[model.ConversationType]float64{
		model.Single: c.SingleDays, model.Group: c.GroupDays, model.Notification: c.NotificationDays,
	}[kind]
	return time.Duration(days * float64(24*time.Hour))
}

const (
	walkPage    = 200              // conversations that are looked at in one statement
	stepTimeout = 5 * time.Second  // for one transaction
	look        = 30 * time.Second // longest time between two looks at whether a walk is due
)

// trimmedPoint is where a test may have this process fail: entries are out of sight, and not deleted yet.
var trimmedPoint = failpoint.New("retention/trimmed")

// Retention owns the goroutine that walks.
type Retention struct {
	config  Config
	store   *store.Store
	now     func() time.Time
	stop    context.CancelFunc
	running sync.WaitGroup
}

// New makes a Retention; Start has it trim.
func New(c Config, s *store.Store) *Retention {
	return &Retention{config: c, store: s, now: time.Now}
}

// Start has logs trimmed until Stop. When everything is kept for ever it does nothing.
func (r *Retention) Start() {
	ctx, cancel := context.WithCancel(context.Background())
	r.stop = cancel
	if c := r.config; max(c.SingleDays, c.GroupDays, c.NotificationDays) > 0 {
		r.running.Go(func() { r.run(ctx) })
	}
}

// Stop returns when nothing is under way any more.
func (r *Retention) Stop() {
	if r.stop == nil {
		return // it was never started
	}
	r.stop()
	r.running.Wait()
}

func (r *Retention) run(ctx context.Context) {
	for ctx.Err() == nil {
		for _, kind := range []model.ConversationType{model.Single, model.Group, model.Notification} {
			if r.config.kept(kind) == 0 {
				continue
			}
			if err := r.walk(ctx, kind); err != nil && ctx.Err() == nil {
				logx.Errorw("trim conversations", logx.Field("type", kind.String()), logx.Field("error", err.Error()))
			}
		}
		rest(ctx, min(look, r.config.Every))
	}
}

// rest waits, or until ctx ends.
func rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}

// errLost ends a walk that another instance has taken.
var errLost = errors.New("another instance walks")

// walk goes over the conversations of a type when it is time, from where the last walk ended.
func (r *Retention) walk(ctx context.Context, kind model.ConversationType) error {
	w, err := r.take(ctx, kind)
	if err != nil || w == nil {
		return err
	}
	before := r.now().Add(-r.config.kept(kind)).UnixMilli()
	for {
		page, err := r.page(ctx, kind, w.AfterID)
		if err != nil {
			return err
		}
		for _, c := range page {
			if c.Leftover || c.OldestAt > 0 && c.OldestAt < before {
				if err := r.trim(ctx, w, c.ID, before); err != nil {
					return err
				}
			}
			w.AfterID = c.ID
		}
		if len(page) < walkPage {
			w.AfterID = ""
			return r.save(ctx, w, r.config.Every)
		}
		if err := r.keep(ctx, w); err != nil {
			return err
		}
	}
}

func (r *Retention) take(ctx context.Context, kind model.ConversationType) (*imchat.RetentionWalk, error) {
	ctx, cancel := context.WithTimeout(ctx, stepTimeout)
	defer cancel()
	now := r.now()
	return r.store.TakeWalk(ctx, kind, now.UnixMilli(), now.Add(r.config.Lease).UnixMilli())
}

func (r *Retention) page(ctx context.Context, kind model.ConversationType, afterID string) ([]store.Aged, error) {
	ctx, cancel := context.WithTimeout(ctx, stepTimeout)
	defer cancel()
	return r.store.AgedConversations(ctx, kind, afterID, walkPage)
}

// keep waits for the pace, renews the lease and notes how far the walk has come.
func (r *Retention) keep(ctx context.Context, w *imchat.RetentionWalk) error {
	rest(ctx, r.config.Pace)
	return r.save(ctx, w, r.config.Lease)
}

// save notes how far the walk has come; after a time anybody may go on with it.
func (r *Retention) save(ctx context.Context, w *imchat.RetentionWalk, until time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, stepTimeout)
	defer cancel()
	w.DueAt = r.now().Add(until).UnixMilli()
	mine, err := r.store.SaveWalk(ctx, w)
	if err == nil && !mine {
		return errLost
	}
	return err
}

// trim takes what is too old off one conversation.
func (r *Retention) trim(ctx context.Context, w *imchat.RetentionWalk, id string, before int64) error {
	var trimmed int64
	steps := []func(ctx context.Context) (more bool, err error){
		func(ctx context.Context) (more bool, err error) {
			trimmed, more, err = r.store.TrimTo(ctx, id, before, r.config.Batch)
			return more, err
		},
		func(ctx context.Context) (bool, error) {
			if err := trimmedPoint.Hit(id); err != nil {
				return false, err
			}
			return false, r.store.ForgetTrimmed(ctx, id, trimmed, search.BlockOf(trimmed+1))
		},
		func(ctx context.Context) (bool, error) {
			return r.store.DeleteTrimmed(ctx, id, trimmed, r.config.Batch)
		},
	}
	for _, step := range steps {
		for more := true; more; {
			var err error
			if more, err = inTime(ctx, step); err != nil {
				return err
			}
			if err := r.keep(ctx, w); err != nil {
				return err
			}
		}
	}
	return nil
}

func inTime(ctx context.Context, step func(ctx context.Context) (bool, error)) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, stepTimeout)
	defer cancel()
	return step(ctx)
}
