package delivery

import (
	"errors"
	"fmt"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/zeromicro/go-zero/core/logx"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/protobuf/proto"

	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/kafkax"
	"im-backend/common/utils/tracex"
)

// pace is the least time between two requests to one broker, and easyPace the one while everything is delivered already. An entry
// that comes alone waits for nothing; at hundreds a second some travel together, and a request costs a broker about as much as
// ten entries in it.
const (
	pace     = 2 * time.Millisecond
	easyPace = 20 * time.Millisecond
)

// publish hands what waits to Kafka: one request at a time for each broker, with a record for each of its partitions that has
// something. So a broker that is away holds up its own partitions only, and what comes while a request is under way travels
// together.
func (p *Publisher) publish() {
	for p.ctx.Err() == nil {
		var retry <-chan time.Time
		writes, orphans := p.take(p.leaders())
		if orphans {
			retry = time.After(retryPause)
		}
		for leader, some := range writes {
			p.running.Go(func() { p.write(leader, some) })
		}
		select {
		case <-p.wake:
		case <-retry:
		case <-p.ctx.Done():
		}
	}
}

// leaders answers what is known of them; the client keeps that up to date.
func (p *Publisher) leaders() map[int]int {
	if p.idle() {
		return nil
	}
	leaders, err := kafkax.Leaders(p.ctx, p.client, TopicMessage)
	if err != nil && p.ctx.Err() == nil {
		publishFailures.Inc()
	}
	return leaders
}

func (p *Publisher) idle() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pending == 0
}

// write is the entries of one partition in a request.
type write struct {
	partition int
	entries   []queued
}

// take answers what each leader without a request under way is to get next; orphans says that something waits for a partition
// without a leader.
func (p *Publisher) take(leaders map[int]int) (writes map[int][]write, orphans bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	writes = map[int][]write{}
	sizes := map[int]int{}
	for partition := range p.queues {
		q := &p.queues[partition]
		leader, known := leaders[partition]
		switch {
		case q.flying || len(q.entries) == 0:
		case !known:
			orphans = true
		case !p.busy[leader] && sizes[leader] <= maxWrite:
			entries, size := q.takeRecord()
			p.urgent -= urgentOf(entries)
			sizes[leader] += size
			writes[leader] = append(writes[leader], write{partition, entries})
		}
	}
	for leader := range writes {
		p.busy[leader] = true
	}
	return writes, orphans
}

// takeRecord takes what fits into one record.
func (q *queue) takeRecord() (entries []queued, size int) {
	n := 0
	for n < len(q.entries) && (n == 0 || size+sizeOf(q.entries[n].entry) <= maxRecord) {
		size += sizeOf(q.entries[n].entry)
		n++
	}
	entries = q.entries[:n:n]
	if q.entries = q.entries[n:]; len(q.entries) == 0 {
		q.entries = nil
	}
	q.flying = true
	return entries, size
}

func urgentOf(entries []queued) (n int) {
	for _, q := range entries {
		if q.urgent {
			n++
		}
	}
	return n
}

// write makes one try at a request. What Kafka did not take is the first to go again, after a pause in which the broker's other
// partitions go on, unless the whole request failed.
func (p *Publisher) write(leader int, writes []write) {
	began := time.Now()
	outcomes, err := p.produce(writes)
	var failed []write
	for i, w := range writes {
		outcome := err
		if err == nil {
			outcome = outcomes[i]
		}
		if errors.Is(outcome, kafka.MessageSizeTooLarge) {
			logx.Errorw("a record that Kafka never takes", logx.Field("partition", w.partition))
			outcome = nil // the consumer fills the gap from the store
		}
		if outcome == nil {
			p.landed(w)
		} else {
			failed = append(failed, w)
		}
	}
	if len(failed) > 0 {
		publishFailures.Inc()
	}
	if err == nil {
		p.rest(began)
		p.release(leader)
	}
	if len(failed) > 0 {
		pause(p.ctx, retryPause)
		p.putBack(failed)
	}
	if err != nil {
		p.release(leader)
	}
}

// rest keeps the pace after a request that began at a time.
func (p *Publisher) rest(began time.Time) {
	if short := pace - time.Since(began); short > 0 {
		pause(p.ctx, short)
	}
	p.mu.Lock()
	urgent, hurry := p.urgent > 0, p.hurry
	p.mu.Unlock()
	if urgent {
		return
	}
	easy := time.NewTimer(easyPace - time.Since(began))
	defer easy.Stop()
	select {
	case <-hurry:
	case <-easy.C:
	case <-p.ctx.Done():
	}
}

// release lets a leader have another request.
func (p *Publisher) release(leader int) {
	p.mu.Lock()
	delete(p.busy, leader)
	p.mu.Unlock()
	wakeUp(p.wake)
}

// putBack ends the flight of records that Kafka did not take.
func (p *Publisher) putBack(writes []write) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, w := range writes {
		q := &p.queues[w.partition]
		q.flying = false
		q.entries = append(w.entries, q.entries...)
		p.urgentLocked(urgentOf(w.entries))
	}
	wakeUp(p.wake)
}

// landed ends the flight of a record that Kafka has.
func (p *Publisher) landed(w write) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.queues[w.partition].flying = false
	p.pending -= len(w.entries)
	publishWaiting.Sub(float64(len(w.entries)))
	for _, one := range w.entries {
		if one.row.left--; one.row.left == 0 {
			delete(p.underway, one.row.id)
			p.done = append(p.done, one.row.id)
		}
	}
	wakeUp(p.kick)
}

func (p *Publisher) produce(writes []write) (outcomes []error, err error) {
	batches := make([]kafkax.Batch, len(writes))
	began := time.Now()
	var traced []trace.Span
	defer func() {
		for _, span := range traced {
			tracex.End(span, err)
		}
	}()
	for i, w := range writes {
		record := &logpb.Record{Entries: make([]*logpb.Entry, len(w.entries))}
		for j, q := range w.entries {
			record.Entries[j] = q.entry
		}
		value, err := proto.Marshal(record)
		if err != nil {
			return nil, fmt.Errorf("encode record: %w", err)
		}
		key := []byte(w.entries[0].entry.GetConversationId())
		spans, headers := startPublish(w.entries, began)
		traced = append(traced, spans...)
		batches[i] = kafkax.Batch{
			Partition: w.partition,
			Records:   []kafka.Record{{Key: kafka.NewBytes(key), Value: kafka.NewBytes(value), Headers: headers}},
		}
	}
	return kafkax.ProduceAll(p.ctx, p.client, TopicMessage, batches)
}
