package delivery

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/zeromicro/go-zero/core/logx"
)

// rejoinPause is how long delivery stays out of its group after an error: a coordinator may need seconds to come up.
const rejoinPause = 500 * time.Millisecond

// maxWait bounds one fetch. kafka-go has the broker answer a second earlier, which is what is left to a slow one: a fetch
// that takes longer costs the connection.
const maxWait = 2 * time.Second

// Group is the Kafka consumer group of delivery.
const Group = "chat-delivery"

// Consumer reads im.message as one member of the group. Each partition has one reader in order; offsets are committed after
// the gateways have what was read, so an entry may be delivered again but is never skipped.
type Consumer struct {
	brokers []string
	spread  *Spread

	ctx     context.Context //nolint:containedctx // the consumer's own life, ended by Stop
	cancel  context.CancelFunc
	running sync.WaitGroup
}

// NewConsumer makes a consumer; Start runs it.
func NewConsumer(brokers []string, s *Spread) *Consumer {
	c := &Consumer{brokers: brokers, spread: s}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	return c
}

// Start joins the group.
func (c *Consumer) Start() { c.running.Go(c.run) }

// Stop leaves the group and returns when the readers have ended.
func (c *Consumer) Stop() {
	c.cancel()
	c.running.Wait()
}

func (c *Consumer) run() {
	for c.ctx.Err() == nil {
		if err := c.membership(); err != nil && c.ctx.Err() == nil {
			logx.Infof("delivery left its consumer group: %v", err)
			select {
			case <-time.After(rejoinPause):
			case <-c.ctx.Done():
			}
		}
	}
}

// membership is one stay in the group, over its generations.
func (c *Consumer) membership() error {
	group, err := kafka.NewConsumerGroup(kafka.ConsumerGroupConfig{
		ID: Group, Brokers: c.brokers, Topics: []string{TopicMessage},
		SessionTimeout: 10 * time.Second, RebalanceTimeout: 10 * time.Second, HeartbeatInterval: time.Second,
		JoinGroupBackoff: 500 * time.Millisecond, StartOffset: kafka.FirstOffset,
		GroupBalancers: []kafka.GroupBalancer{kafka.RoundRobinGroupBalancer{}},
	})
	if err != nil {
		return err //nolint:wrapcheck // logged once, above
	}
	defer func() { _ = group.Close() }()
	for {
		generation, err := group.Next(c.ctx)
		if err != nil {
			return err //nolint:wrapcheck // logged once, above
		}
		c.serve(generation)
	}
}

// serve starts the readers of one generation; the group ends and awaits them when it rebalances.
func (c *Consumer) serve(generation *kafka.Generation) {
	c.spread.Forget()
	offsets := &progress{next: map[int]int64{}}
	for _, assigned := range generation.Assignments[TopicMessage] {
		generation.Start(func(ctx context.Context) { c.read(ctx, assigned, offsets) })
	}
	generation.Start(func(ctx context.Context) { c.commitOffsets(ctx, generation, offsets) })
}

// read delivers a partition until the generation ends. An offset beyond the partition's end means that Kafka lost records:
// what there is is read from the start, and gaps are filled from the store.
func (c *Consumer) read(ctx context.Context, assigned kafka.PartitionAssignment, offsets *progress) {
	worker := newWorker(c.spread, assigned.ID)
	err := c.readFrom(ctx, worker, assigned.Offset, offsets)
	if errors.Is(err, kafka.OffsetOutOfRange) && ctx.Err() == nil {
		logx.Errorw("partition is shorter than its committed offset", logx.Field("partition", assigned.ID),
			logx.Field("offset", assigned.Offset))
		err = c.readFrom(ctx, worker, kafka.FirstOffset, offsets)
	}
	if err != nil && ctx.Err() == nil {
		logx.Errorw("read partition", logx.Field("partition", assigned.ID), logx.Field("error", err.Error()))
	}
}

// readFrom returns the error that ended it, which ends the generation: the group starts a new one.
func (c *Consumer) readFrom(ctx context.Context, w *worker, start int64, offsets *progress) error {
	reader := kafka.NewReader(kafka.ReaderConfig{
		Brokers: c.brokers, Topic: TopicMessage, Partition: w.partition,
		MinBytes: 1, MaxBytes: 4 << 20, MaxWait: maxWait, QueueCapacity: 16,
		ReadBackoffMin: 20 * time.Millisecond, ReadBackoffMax: time.Second, OffsetOutOfRangeError: true,
	})
	// Closing waits for the fetch under way, the next generation need not.
	defer c.running.Go(func() { _ = reader.Close() })
	if err := reader.SetOffset(start); err != nil {
		return err //nolint:wrapcheck // logged once, above
	}
	for {
		record, err := reader.FetchMessage(ctx)
		if err != nil {
			return err //nolint:wrapcheck // logged once, above
		}
		if err := w.deliver(ctx, record); err != nil {
			return err // only when ctx ended
		}
		offsets.done(w.partition, record.Offset+1)
	}
}

// progress is the next offset of each partition.
type progress struct {
	mu   sync.Mutex
	next map[int]int64
}

func (p *progress) done(partition int, next int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next[partition] = next
}

func (p *progress) snapshot() map[int]int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	return maps.Clone(p.next)
}

const commitEvery = 500 * time.Millisecond

// commitOffsets commits what the gateways have acknowledged, now and then and when the generation ends.
func (c *Consumer) commitOffsets(ctx context.Context, generation *kafka.Generation, offsets *progress) {
	committed := map[int]int64{}
	commit := func() {
		next := offsets.snapshot()
		if maps.Equal(next, committed) {
			return
		}
		c.spread.gateways.Flush()
		if err := generation.CommitOffsets(map[string]map[int]int64{TopicMessage: next}); err == nil {
			committed = next
		} else if !errors.Is(err, kafka.ErrGenerationEnded) {
			logx.Infof("commit offsets: %v", err) // tried again with the next ones; until then entries may repeat
		}
	}
	ticker := time.NewTicker(commitEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			commit()
		case <-ctx.Done():
			commit()
			return
		}
	}
}
