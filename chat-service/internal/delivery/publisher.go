// Package delivery takes stored entries to the members: the publisher writes them to Kafka, the consumer reads them back in
// order, fills gaps, refreshes the caches, pushes to the gateways and hands entries of absent users to im.offline.
package delivery

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/cespare/xxhash/v2"
	"github.com/segmentio/kafka-go"
	"github.com/zeromicro/go-zero/core/logx"
	"google.golang.org/protobuf/proto"

	"im-backend/chat-service/internal/store"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/kafkax"
)

// The topics.
const (
	TopicMessage    = "im.message"
	TopicDeadLetter = "im.message.dlq"
	TopicOffline    = "im.offline"
)

const (
	maxRecord  = 512 << 10              // bytes of entries in one record, below the broker's limit
	maxPending = 100_000                // entries that wait for Kafka in memory; more stay in the outbox
	retryPause = 100 * time.Millisecond // after a failed write
)

// Publisher writes the entries of each commit to im.message, in order for each partition, and then forgets the commit's
// outbox row. What it cannot hold, and what a crash left, it takes from the outbox again.
type Publisher struct {
	client *kafka.Client
	store  *store.Store
	queues []*queue
	sweep  sweepConfig

	mu       sync.Mutex
	pending  int            // entries in the queues
	underway map[int64]*row // outbox rows in the queues
	done     []int64        // outbox rows that Kafka has
	kick     chan struct{}

	ctx     context.Context //nolint:containedctx // the publisher's own life, ended by Stop
	cancel  context.CancelFunc
	running sync.WaitGroup
}

// row counts the partitions that do not have their part of a commit yet.
type row struct {
	id   int64
	left int
}

// part is the entries of one commit for one partition.
type part struct {
	row     *row
	entries []*logpb.Entry
}

// queue is what waits for one partition.
type queue struct {
	partition int
	wake      chan struct{}
	mu        sync.Mutex
	parts     []part
}

// NewPublisher makes a publisher for a topic of so many partitions; Start runs it.
func NewPublisher(client *kafka.Client, s *store.Store, partitions int) *Publisher {
	p := &Publisher{client: client, store: s, underway: map[int64]*row{}, kick: make(chan struct{}, 1), sweep: defaultSweep}
	p.ctx, p.cancel = context.WithCancel(context.Background())
	for i := range partitions {
		p.queues = append(p.queues, &queue{partition: i, wake: make(chan struct{}, 1)})
	}
	return p
}

// Start runs the writers and the sweeper.
func (p *Publisher) Start() {
	for _, q := range p.queues {
		p.running.Go(func() { p.write(q) })
	}
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
	byPartition := map[int][]*logpb.Entry{}
	for _, e := range entries {
		n := partitionOf(e.GetConversationId(), len(p.queues))
		byPartition[n] = append(byPartition[n], e)
	}
	r := &row{id: outboxID, left: len(byPartition)}
	p.mu.Lock()
	if len(entries) == 0 {
		p.done = append(p.done, outboxID)
		p.mu.Unlock()
		wakeUp(p.kick)
		return
	}
	_, known := p.underway[outboxID]
	if known || p.pending+len(entries) > maxPending {
		p.mu.Unlock()
		return
	}
	p.pending += len(entries)
	p.underway[outboxID] = r
	p.mu.Unlock()
	for n, some := range byPartition {
		p.queues[n].push(part{r, some})
	}
}

func partitionOf(conversationID string, partitions int) int {
	return int(xxhash.Sum64String(conversationID) % uint64(partitions))
}

func (q *queue) push(some part) {
	q.mu.Lock()
	q.parts = append(q.parts, some)
	q.mu.Unlock()
	wakeUp(q.wake)
}

func wakeUp(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// take answers what fits into one record.
func (q *queue) take() []part {
	q.mu.Lock()
	defer q.mu.Unlock()
	size, n := 0, 0
	for ; n < len(q.parts); n++ {
		for _, e := range q.parts[n].entries {
			size += sizeOf(e)
		}
		if n > 0 && size > maxRecord {
			break
		}
	}
	taken := q.parts[:n]
	if q.parts = q.parts[n:]; len(q.parts) == 0 {
		q.parts = nil
	}
	return taken
}

// write takes everything that waits for a partition to Kafka, record by record, for ever trying again: the order must hold.
func (p *Publisher) write(q *queue) {
	for {
		parts := q.take()
		if len(parts) == 0 {
			select {
			case <-q.wake:
				continue
			case <-p.ctx.Done():
				return
			}
		}
		for _, record := range recordsOf(parts) {
			if !p.writeRecord(q.partition, record) {
				return
			}
		}
		p.finish(parts)
	}
}

// recordsOf joins the entries of several commits into as few records as fit.
func recordsOf(parts []part) []*logpb.Record {
	var entries []*logpb.Entry
	for _, one := range parts {
		entries = append(entries, one.entries...)
	}
	var records []*logpb.Record
	for _, piece := range piecesOf(entries) {
		records = append(records, &logpb.Record{Entries: piece})
	}
	return records
}

// sizeOf is about how many bytes an entry has in a record.
func sizeOf(e *logpb.Entry) int { return len(e.GetContent()) + 200 + 64*len(e.GetChanges()) }

// piecesOf splits entries into runs that fit into one record each.
func piecesOf(entries []*logpb.Entry) [][]*logpb.Entry {
	var pieces [][]*logpb.Entry
	from, size := 0, 0
	for i, e := range entries {
		if n := sizeOf(e); i > from && size+n > maxRecord {
			pieces = append(pieces, entries[from:i])
			from, size = i, n
		} else {
			size += n
		}
	}
	if from < len(entries) {
		pieces = append(pieces, entries[from:])
	}
	return pieces
}

func (p *Publisher) writeRecord(partition int, record *logpb.Record) bool {
	value, err := proto.Marshal(record)
	if err != nil {
		logx.Errorw("encode record", logx.Field("error", err.Error()))
		return true // only a defect of ours; the consumer fills the gap from the store
	}
	key := []byte(record.GetEntries()[0].GetConversationId())
	for {
		err := kafkax.Produce(p.ctx, p.client, TopicMessage, partition,
			kafka.Record{Key: kafka.NewBytes(key), Value: kafka.NewBytes(value)})
		if err == nil {
			return true
		}
		if p.ctx.Err() != nil {
			return false
		}
		publishFailures.Inc()
		if errors.Is(err, kafka.MessageSizeTooLarge) {
			logx.Errorw("a record that Kafka never takes", logx.Field("partition", partition), logx.Field("bytes", len(value)))
			return true // the consumer fills the gap from the store
		}
		select {
		case <-p.ctx.Done():
			return false
		case <-time.After(retryPause):
		}
	}
}

// finish notes the commits that Kafka now has whole.
func (p *Publisher) finish(parts []part) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, one := range parts {
		p.pending -= len(one.entries)
		if one.row.left--; one.row.left == 0 {
			delete(p.underway, one.row.id)
			p.done = append(p.done, one.row.id)
		}
	}
	wakeUp(p.kick)
}
