package delivery

import (
	"context"
	"errors"
	"maps"
	"sync"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/common/utils/kafkax"
)

// rejoinPause is how long delivery stays out of its group after an error: a coordinator may need seconds to come up.
const rejoinPause = 500 * time.Millisecond

// Group is the Kafka consumer group of delivery.
const Group = "chat-delivery"

// Consumer reads im.message as one member of the group: what one broker has of its partitions together, each partition in
// order. Offsets are committed after the gateways have what was read, so an entry may be delivered again but is never skipped.
type Consumer struct {
	config kafkax.Config
	client *kafka.Client
	spread *Spread
	owners *owners

	ctx     context.Context //nolint:containedctx // the consumer's own life, ended by Stop
	cancel  context.CancelFunc
	running sync.WaitGroup
}

// NewConsumer makes a consumer of a topic of so many partitions; Start runs it.
func NewConsumer(k kafkax.Config, client *kafka.Client, s *Spread, partitions int) *Consumer {
	c := &Consumer{config: k, client: client, spread: s, owners: newOwners(partitions)}
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
		ID: Group, Brokers: c.config.Brokers, Dialer: c.config.Dialer(), Topics: []string{TopicMessage},
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
		offsets.next[assigned.ID] = assigned.Offset
	}
	if len(offsets.next) > 0 {
		generation.Start(func(ctx context.Context) { c.read(ctx, offsets) })
	}
	generation.Start(func(ctx context.Context) { c.commitOffsets(ctx, generation, offsets) })
}

const commitEvery = 500 * time.Millisecond

// commitOffsets commits what the gateways have acknowledged, now and then and when the generation ends.
func (c *Consumer) commitOffsets(ctx context.Context, generation *kafka.Generation, offsets *progress) {
	committed := offsets.known()
	commit := func() {
		next := offsets.known()
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
