// Package expiry recalls messages whose time after they were read is over, as the system. What is to be recalled when stands in one
// table, which the positions of readers and the recalls themselves keep. An instance takes what is due by a lease, so that two do
// not do the same work; that a message is recalled once is the committer's doing, whoever tries again after a crash.
package expiry

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/zeromicro/go-zero/core/logx"
	"golang.org/x/sync/errgroup"

	"im-backend/chat-service/internal/committer"
	"im-backend/chat-service/internal/store"
	"im-backend/common/model/imchat"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/failpoint"
)

// Config says how often is looked for messages whose time is over.
type Config struct {
	Lease time.Duration `json:",default=30s"` // for recalling one; another instance tries again after it
	Look  time.Duration `json:",default=5s"`  // longest time between two looks at what other instances noted
}

// Validate reports times with which nothing would be recalled in time.
func (c Config) Validate() error {
	if min(c.Lease, c.Look) < time.Second {
		return errors.New("Expiry: Lease and Look must be at least 1s")
	}
	return nil
}

// Recaller recalls a message as the system; again, it answers the first recall. Errors: CONVERSATION_NOT_FOUND, MESSAGE_NOT_FOUND,
// UNAVAILABLE, TIMEOUT.
type Recaller interface {
	RecallAsSystem(ctx context.Context, conversationID string, seq int64) (committer.Result, error)
}

// Places where a test may have this process fail.
var (
	takenPoint    = failpoint.New("expiry/taken")    // a message is ours, and not recalled yet
	recalledPoint = failpoint.New("expiry/recalled") // it is recalled, which nobody has noticed yet
)

const (
	atOnce        = 100                   // messages of one look
	together      = 20                    // recalls at the same time: the committer makes one transaction of them
	lookTimeout   = 2 * time.Second       // for one statement
	recallTimeout = 5 * time.Second       // for recalling what one look took
	shortest      = 10 * time.Millisecond // between two looks
	afterError    = time.Second           // before the next look after one that failed
)

// Expiry owns the goroutine that recalls.
type Expiry struct {
	config   Config
	store    *store.Store
	recaller Recaller
	now      func() time.Time

	stop    context.CancelFunc
	running sync.WaitGroup
}

// New makes an Expiry; Start has it recall.
func New(c Config, s *store.Store, r Recaller) *Expiry {
	return &Expiry{config: c, store: s, recaller: r, now: time.Now}
}

// Start has messages recalled when their time is over, until Stop.
func (e *Expiry) Start() {
	ctx, cancel := context.WithCancel(context.Background())
	e.stop = cancel
	e.running.Go(func() { e.run(ctx) })
}

// Stop returns when nothing is under way any more.
func (e *Expiry) Stop() {
	if e.stop == nil {
		return // it was never started
	}
	e.stop()
	e.running.Wait()
}

func (e *Expiry) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-timer.C:
		case <-e.store.Due():
		case <-ctx.Done():
			return
		}
		pause, err := e.look(ctx)
		if err != nil && ctx.Err() == nil {
			logx.Errorw("recall expired messages", logx.Field("error", err.Error()))
			pause = afterError
		}
		timer.Reset(pause)
	}
}

// look recalls what is due and answers how long nothing is, at most Look: the clock may step meanwhile.
func (e *Expiry) look(ctx context.Context) (time.Duration, error) {
	reading, cancel := context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	due, err := e.store.DueExpiring(reading, e.now().UnixMilli(), atOnce)
	if err != nil {
		return 0, err
	}
	if err := e.recallAll(ctx, due); err != nil {
		return 0, err
	}
	if len(due) == atOnce {
		return 0, nil
	}
	reading, cancel = context.WithTimeout(ctx, lookTimeout)
	defer cancel()
	next, waits, err := e.store.NextExpiring(reading)
	if err != nil || !waits {
		return e.config.Look, err
	}
	pause := time.Duration(next-e.now().UnixMilli()) * time.Millisecond
	return min(max(pause, shortest), e.config.Look), nil
}

// recallAll recalls messages, and those after one that fails too.
func (e *Expiry) recallAll(ctx context.Context, due []*imchat.ExpiringMessage) error {
	ctx, cancel := context.WithTimeout(ctx, recallTimeout)
	defer cancel()
	var recalling errgroup.Group
	recalling.SetLimit(together)
	for _, m := range due {
		recalling.Go(func() error { return e.recall(ctx, m) })
	}
	return recalling.Wait() //nolint:wrapcheck // its own
}

// recall takes a message and recalls it. Its row goes with the recall; after an error it is taken again when the lease is over.
func (e *Expiry) recall(ctx context.Context, m *imchat.ExpiringMessage) error {
	mine, err := e.store.TakeExpiring(ctx, m, e.now().Add(e.config.Lease).UnixMilli())
	if err != nil || !mine {
		return err
	}
	at := store.Place{ConversationID: m.ConversationID, Seq: m.Seq}
	if err := takenPoint.Hit(at); err != nil {
		return err
	}
	result, err := e.recaller.RecallAsSystem(ctx, m.ConversationID, m.Seq)
	if kind := errs.From(err); err != nil && kind.Kind != errs.NotFound {
		return err //nolint:wrapcheck // the committer's
	}
	if err != nil || result.Repeated {
		return e.store.ForgetExpiring(ctx, at) // there is nothing to recall
	}
	return recalledPoint.Hit(at)
}
