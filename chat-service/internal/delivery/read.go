package delivery

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/zeromicro/go-zero/core/logx"
	"golang.org/x/sync/errgroup"

	"im-backend/common/utils/kafkax"
)

// progress is the next offset of each partition; kafka.FirstOffset while it is not known.
type progress struct {
	mu   sync.Mutex
	next map[int]int64
}

func (p *progress) set(partition int, next int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.next[partition] = next
}

// of answers the offsets of some partitions.
func (p *progress) of(partitions []int) map[int]int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	next := make(map[int]int64, len(partitions))
	for _, n := range partitions {
		next[n] = p.next[n]
	}
	return next
}

// partitions lists them, in no order.
func (p *progress) partitions() []int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Collect(maps.Keys(p.next))
}

// known answers the offsets that are known.
func (p *progress) known() map[int]int64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	next := maps.Clone(p.next)
	maps.DeleteFunc(next, func(_ int, offset int64) bool { return offset < 0 })
	return next
}

// leadersEvery is how often it is looked whether partitions have other leaders; the client knows.
const leadersEvery = time.Second

var errMoved = errors.New("partitions have other leaders")

// read delivers partitions until the generation ends.
func (c *Consumer) read(ctx context.Context, offsets *progress) {
	for ctx.Err() == nil {
		if err := c.readLed(ctx, offsets); ctx.Err() == nil && !errors.Is(err, errMoved) {
			logx.Infof("read %s: %v", TopicMessage, err)
			pause(ctx, rejoinPause)
		}
	}
}

// readLed reads with one reader for each broker until partitions move between brokers. A partition without a leader waits.
func (c *Consumer) readLed(ctx context.Context, offsets *progress) error {
	leaders, err := kafkax.Leaders(ctx, c.client, TopicMessage)
	if err != nil {
		return err
	}
	led := map[int][]int{}
	for _, partition := range offsets.partitions() {
		if leader, known := leaders[partition]; known {
			led[leader] = append(led[leader], partition)
		}
	}
	readers, ctx := errgroup.WithContext(ctx)
	for leader, partitions := range led {
		readers.Go(func() error { return c.follow(ctx, leader, partitions, offsets) })
	}
	readers.Go(func() error { return c.watchLeaders(ctx, leaders) })
	return readers.Wait() //nolint:wrapcheck // read logs it
}

// watchLeaders returns when the leaders are not these any more.
func (c *Consumer) watchLeaders(ctx context.Context, leaders map[int]int) error {
	ticker := time.NewTicker(leadersEvery)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
			if now, err := kafkax.Leaders(ctx, c.client, TopicMessage); err == nil && !maps.Equal(now, leaders) {
				return errMoved
			}
		}
	}
}

// follow reads the partitions of one broker until ctx ends, for ever trying again.
func (c *Consumer) follow(ctx context.Context, leader int, partitions []int, offsets *progress) error {
	worker := newWorker(c.spread)
	defer worker.retire()
	defer c.owners.own(partitions, worker)()
	wait := retryPause
	for ctx.Err() == nil {
		read, err := c.fetchFrom(ctx, worker, partitions, offsets)
		if read {
			wait = retryPause
		}
		if ctx.Err() == nil {
			logx.Infof("read %s from broker %d: %v", TopicMessage, leader, err)
		}
		pause(ctx, wait)
		wait = min(2*wait, maxReadPause)
	}
	return ctx.Err()
}

// maxReadPause bounds the growing pauses between tries to read.
const maxReadPause = 2 * time.Second

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// fetchFrom delivers what comes until something fails; read says whether anything was read before.
func (c *Consumer) fetchFrom(ctx context.Context, w *worker, partitions []int, offsets *progress) (read bool, err error) {
	if err := c.findFirst(ctx, partitions, offsets); err != nil {
		return false, err
	}
	fetcher := kafkax.NewFetcher(c.client, TopicMessage)
	var behind lag
	defer behind.end()
	for {
		fetched, err := fetcher.Fetch(ctx, offsets.of(partitions))
		if err != nil {
			return read, err
		}
		read = true
		behind.saw(fetched)
		behind.count(offsets.of(partitions))
		var records []kafka.Message
		var failed error // one partition's keeps no other from being delivered
		for _, f := range fetched {
			records = append(records, f.Records...)
			if f.Err != nil {
				failed = c.failed(f, offsets)
			}
		}
		if err := w.deliver(ctx, records); err != nil {
			return read, err // only when ctx ended
		}
		for _, r := range records {
			offsets.set(r.Partition, r.Offset+1)
		}
		behind.count(offsets.of(partitions))
		if failed != nil {
			return read, failed
		}
	}
}

// failed notes what stands in a partition's way. An offset beyond the partition's end means that Kafka lost records: what
// there is is read from the start, and gaps are filled from the store.
func (c *Consumer) failed(f kafkax.Fetched, offsets *progress) error {
	if errors.Is(f.Err, kafka.OffsetOutOfRange) {
		logx.Errorw("partition is shorter than its committed offset", logx.Field("partition", f.Partition))
		offsets.set(f.Partition, kafka.FirstOffset)
	}
	return fmt.Errorf("partition %d: %w", f.Partition, f.Err)
}

// findFirst replaces offsets that are not known by those of the oldest records.
func (c *Consumer) findFirst(ctx context.Context, partitions []int, offsets *progress) error {
	var unknown []int
	for partition, next := range offsets.of(partitions) {
		if next < 0 {
			unknown = append(unknown, partition)
		}
	}
	first, err := kafkax.FirstOffsets(ctx, c.client, TopicMessage, unknown)
	if err != nil {
		return err
	}
	for partition, offset := range first {
		offsets.set(partition, offset)
	}
	return nil
}
