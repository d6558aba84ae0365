// Package delivery takes stored entries to the members: the publisher writes them to Kafka, the consumer reads them back in
// order, fills gaps, refreshes the caches, pushes to the gateways and hands entries of absent users to im.offline.
package delivery

import (
	"context"
	"sync"
	"time"

	"github.com/cespare/xxhash/v2"
	"github.com/segmentio/kafka-go"

	"im-backend/chat-service/internal/store"
	"im-backend/common/proto/gen/logpb"
)

// The topics.
const (
	TopicMessage    = "im.message"
	TopicDeadLetter = "im.message.dlq"
	TopicOffline    = "im.offline"
)

const (
	maxRecord  = 512 << 10              // bytes of entries in one record, below the broker's limit
	maxWrite   = 8 << 20                // about how many bytes of records go in one request
	maxPending = 100_000                // entries that wait for Kafka in memory; more stay in the outbox
	retryPause = 100 * time.Millisecond // after a failed write
)

// Publisher writes the entries of each commit to im.message, in order for each partition, and then forgets the commit's
// outbox row. What it cannot hold, and what a crash left, it takes from the outbox again.
type Publisher struct {
	client *kafka.Client
	store  *store.Store
	sweep  sweepConfig

	mu       sync.Mutex
	queues   []queue        // by partition
	pending  int            // entries in the queues and on their way
	urgent   int            // entries in the queues that nobody has delivered
	hurry    chan struct{}  // closed, and another one made, when there is the first urgent one
	underway map[int64]*row // outbox rows of these entries
	done     []int64        // outbox rows that Kafka has
	busy     map[int]bool   // leaders with a request under way
	wake     chan struct{}
	kick     chan struct{} // wakes forget

	ctx     context.Context //nolint:containedctx // the publisher's own life, ended by Stop
	cancel  context.CancelFunc
	running sync.WaitGroup
}

// row counts the entries of a commit that Kafka does not have yet.
type row struct {
	id   int64
	left int
}

// queued is an entry that waits for its partition.
type queued struct {
	row    *row
	entry  *logpb.Entry
	urgent bool // it is delivered by way of Kafka
}

// queue is what waits for one partition.
type queue struct {
	entries []queued
	flying  bool // a record is under way; a later one must not overtake it
}

// NewPublisher makes a publisher for a topic of so many partitions; Start runs it.
func NewPublisher(client *kafka.Client, s *store.Store, partitions int) *Publisher {
	p := &Publisher{
		client: client, store: s, sweep: defaultSweep, queues: make([]queue, partitions), underway: map[int64]*row{},
		busy: map[int]bool{}, hurry: make(chan struct{}), wake: make(chan struct{}, 1), kick: make(chan struct{}, 1),
	}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	return p
}

// Start runs the writer and the sweeper.
func (p *Publisher) Start() {
	p.running.Go(p.publish)
	p.running.Go(p.forget)
	p.running.Go(p.sweepOutbox)
}

// Stop waits until Kafka has what is queued or ctx ends; the rest stays in the outbox.
func (p *Publisher) Stop(ctx context.Context) {
	for p.waiting() > 0 && ctx.Err() == nil {
		select {
		case <-ctx.Done():
		case <-time.After(5 * time.Millisecond):
		}
	}
	p.cancel()
	p.running.Wait()
}

func (p *Publisher) waiting() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.underway)
}

// Enqueue takes the entries of one commit, in the order in which they were stored. It never blocks: what it cannot hold the
// sweeper finds in the outbox.
func (p *Publisher) Enqueue(outboxID int64, entries []*logpb.Entry) {
	p.enqueue(outboxID, entries, nil)
}

// enqueue is Enqueue where some entries are delivered already.
func (p *Publisher) enqueue(outboxID int64, entries []*logpb.Entry, delivered map[*logpb.Entry]bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(entries) == 0 {
		p.done = append(p.done, outboxID)
		wakeUp(p.kick)
		return
	}
	_, known := p.underway[outboxID]
	if known || p.pending+len(entries) > maxPending {
		return
	}
	r := &row{id: outboxID, left: len(entries)}
	p.underway[outboxID] = r
	p.pending += len(entries)
	publishWaiting.Add(float64(len(entries)))
	for _, e := range entries {
		n := partitionOf(e.GetConversationId(), len(p.queues))
		p.queues[n].entries = append(p.queues[n].entries, queued{r, e, !delivered[e]})
		if !delivered[e] {
			p.urgentLocked(1)
		}
	}
	wakeUp(p.wake)
}

// urgentLocked counts urgent entries that came into the queues.
func (p *Publisher) urgentLocked(n int) {
	if p.urgent == 0 && n > 0 {
		close(p.hurry)
		p.hurry = make(chan struct{})
	}
	p.urgent += n
}

func partitionOf(conversationID string, partitions int) int {
	return int(xxhash.Sum64String(conversationID) % uint64(partitions))
}

func wakeUp(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// sizeOf is about how many bytes an entry has in a record.
func sizeOf(e *logpb.Entry) int { return len(e.GetContent()) + 200 + 64*len(e.GetChanges()) }
