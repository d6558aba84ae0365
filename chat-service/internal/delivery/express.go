package delivery

import (
	"context"
	"sync"
	"time"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/common/proto/gen/logpb"
)

const (
	maxExpress     = 20_000                 // entries that wait for the express way; more take the one through Kafka
	expressTimeout = time.Second            // of one delivery
	maxTurnWait    = 100 * time.Millisecond // for a reader's worker that is at work
	expressPause   = time.Second            // in which a worker that took longer is left alone
)

// Express delivers entries from the instance that stored them, before Kafka has them. It does so for the partitions that the
// instance reads, and only where it delivered the entry before itself: then its reader skips them as repeats, and every
// gateway still gets each conversation in order over one stream. All else is delivered by whoever reads it from Kafka, which
// has everything: an express delivery that fails or that a crash ends is a delivery a little later.
type Express struct {
	owners    *owners
	publisher *Publisher

	mu      sync.Mutex
	waiting []commit
	entries int // in waiting
	wake    chan struct{}

	ctx     context.Context //nolint:containedctx // its own life, ended by Stop
	cancel  context.CancelFunc
	running sync.WaitGroup
}

// commit is the entries of one commit and its outbox row.
type commit struct {
	outboxID int64
	entries  []*logpb.Entry
}

// NewExpress makes one that hands everything on to p; Start runs it. c is the reader of this instance.
func NewExpress(c *Consumer, p *Publisher) *Express {
	x := &Express{owners: c.owners, publisher: p, wake: make(chan struct{}, 1)}
	x.ctx, x.cancel = context.WithCancel(context.Background())
	return x
}

// Start runs it.
func (x *Express) Start() { x.running.Go(x.run) }

// Stop hands on what waits and returns when that is done.
func (x *Express) Stop() {
	x.cancel()
	x.running.Wait()
}

// Enqueue implements committer.Publisher. It never blocks.
func (x *Express) Enqueue(outboxID int64, entries []*logpb.Entry) {
	x.mu.Lock()
	full := x.entries+len(entries) > maxExpress || x.ctx.Err() != nil
	if !full {
		x.waiting = append(x.waiting, commit{outboxID, entries})
		x.entries += len(entries)
	}
	x.mu.Unlock()
	if full {
		x.publisher.Enqueue(outboxID, entries)
		return
	}
	wakeUp(x.wake)
}

func (x *Express) take() []commit {
	x.mu.Lock()
	defer x.mu.Unlock()
	commits := x.waiting
	x.waiting, x.entries = nil, 0
	return commits
}

func (x *Express) run() {
	for {
		select {
		case <-x.wake:
		case <-x.ctx.Done():
			for _, c := range x.take() {
				x.publisher.Enqueue(c.outboxID, c.entries)
			}
			return
		}
		commits := x.take()
		delivered := x.deliver(commits)
		for _, c := range commits {
			x.publisher.enqueue(c.outboxID, c.entries, delivered)
		}
	}
}

// deliver takes through what it may and answers what it did.
func (x *Express) deliver(commits []commit) map[*logpb.Entry]bool {
	ctx, cancel := context.WithTimeout(x.ctx, expressTimeout)
	defer cancel()
	byWorker := map[*worker][]*logpb.Entry{}
	for _, c := range commits {
		for _, e := range c.entries {
			if w := x.owners.of(e.GetConversationId()); w != nil {
				byWorker[w] = append(byWorker[w], e)
			}
		}
	}
	delivered := map[*logpb.Entry]bool{}
	for w, entries := range byWorker {
		done, err := w.express(ctx, entries)
		if err != nil && x.ctx.Err() == nil {
			logx.Infof("express delivery: %v", err) // the reader delivers it
		}
		for _, e := range done {
			delivered[e] = true
		}
	}
	return delivered
}

// owners are the workers of the partitions that this instance reads at present.
type owners struct {
	partitions int

	mu      sync.RWMutex
	workers map[int]*worker
}

func newOwners(partitions int) *owners {
	return &owners{partitions: partitions, workers: map[int]*worker{}}
}

// of answers the worker of a conversation's partition; nil when another instance reads it, or nobody does.
func (o *owners) of(conversationID string) *worker {
	o.mu.RLock()
	defer o.mu.RUnlock()
	return o.workers[partitionOf(conversationID, o.partitions)]
}

// own makes w the worker of partitions until the function that it answers is called.
func (o *owners) own(partitions []int, w *worker) (release func()) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, n := range partitions {
		o.workers[n] = w
	}
	return func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		for _, n := range partitions {
			if o.workers[n] == w {
				delete(o.workers, n)
			}
		}
	}
}
