package delivery

import (
	"context"
	"slices"
	"time"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/chat-service/internal/store"
	"im-backend/common/proto/gen/logpb"
)

// sweepConfig says how the outbox is looked after; tests use shorter times.
type sweepConfig struct {
	every  time.Duration // between two looks
	older  time.Duration // rows younger than this are somebody's work under way
	gather time.Duration // deletions of this long travel in one statement
}

var defaultSweep = sweepConfig{every: time.Second, older: 5 * time.Second, gather: 50 * time.Millisecond}

const (
	storeTimeout = 2 * time.Second
	sweepPage    = 500 // outbox rows of one statement
)

// forget deletes the outbox rows that Kafka has, many in one statement: nobody waits for it.
func (p *Publisher) forget() {
	for {
		select {
		case <-p.kick:
		case <-p.ctx.Done():
			p.deleteDone()
			return
		}
		select {
		case <-time.After(p.sweep.gather):
		case <-p.ctx.Done():
		}
		p.deleteDone()
	}
}

func (p *Publisher) deleteDone() {
	p.mu.Lock()
	ids := p.done
	p.done = nil
	p.mu.Unlock()
	if len(ids) == 0 {
		return
	}
	for some := range slices.Chunk(ids, sweepPage) {
		ctx, cancel := context.WithTimeout(context.Background(), storeTimeout)
		err := p.store.DeleteOutbox(ctx, some)
		cancel()
		if err != nil {
			// The rows are published once more by a sweep, which readers skip as repeats.
			logx.Errorw("delete outbox rows", logx.Field("error", err.Error()), logx.Field("rows", len(some)))
		}
	}
}

// sweepOutbox publishes what a crash, an outage or a full queue left in the outbox. Several instances may do so at once:
// readers skip repeats.
func (p *Publisher) sweepOutbox() {
	ticker := time.NewTicker(p.sweep.every)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
		case <-p.ctx.Done():
			return
		}
		if err := p.sweepOnce(); err != nil && p.ctx.Err() == nil {
			logx.Errorw("sweep outbox", logx.Field("error", err.Error()))
		}
	}
}

func (p *Publisher) sweepOnce() error {
	before := time.Now().Add(-p.sweep.older).UnixMilli()
	if err := p.measure(before); err != nil {
		return err
	}
	after := int64(0)
	for {
		if p.full() {
			return nil // Kafka is away or slow: what is queued comes first
		}
		rows, err := p.store.OldOutbox(p.ctx, before, after, sweepPage)
		if err != nil {
			return err
		}
		for _, r := range rows {
			after = r.ID
			if p.isUnderway(r.ID) {
				continue
			}
			entries, err := p.entriesOf(r)
			if err != nil {
				return err
			}
			p.Enqueue(r.ID, entries)
		}
		if len(rows) < sweepPage {
			return nil
		}
	}
}

// measure tells the age of the oldest commit from before a time that is still in the outbox, whatever waits in memory.
func (p *Publisher) measure(before int64) error {
	oldest, err := p.store.OldOutbox(p.ctx, before, 0, 1)
	if err != nil {
		return err
	}
	age := 0.0
	if len(oldest) > 0 {
		age = time.Since(time.UnixMilli(oldest[0].CreatedAt)).Seconds()
	}
	outboxOldest.Set(age)
	return nil
}

func (p *Publisher) entriesOf(r store.OutboxRow) ([]*logpb.Entry, error) {
	var entries []*logpb.Entry
	for _, run := range r.Ranges {
		some, err := p.store.Entries(p.ctx, run.ConversationID, run.From, run.To, int(run.To-run.From+1), false)
		if err != nil {
			return nil, err
		}
		entries = append(entries, some...)
	}
	return entries, nil
}

// full reports whether so much waits for Kafka that a sweep has to wait too.
func (p *Publisher) full() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.pending > maxPending/2
}

func (p *Publisher) isUnderway(id int64) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, ok := p.underway[id]
	return ok
}
