package delivery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	lru "github.com/hashicorp/golang-lru/v2/simplelru"
	"github.com/segmentio/kafka-go"
	"github.com/zeromicro/go-zero/core/logx"
	"google.golang.org/protobuf/proto"

	"im-backend/common/proto/gen/logpb"
)

// trackedConversations bounds how many positions a worker remembers; a forgotten one starts anew.
const trackedConversations = 100_000

// poisonTries is how often a record that panics is tried before it is set aside.
const poisonTries = 3

// maxOwed bounds the absent users' entries that wait for the reader, in number.
const maxOwed = 20_000

// worker delivers partitions, each in order. It keeps each conversation's seqs contiguous: a gap is filled from the store, a
// repeat is skipped. The reader of the partitions uses it, and the express way, in turns.
type worker struct {
	spread    *Spread
	turn      chan struct{} // holds one value while somebody uses what follows
	positions *lru.LRU[string, *position]
	absent    map[int64][]*logpb.Entry // of users with no device online; the reader hands them over
	owed      int                      // how many entries these are

	retired bool      // another instance may read the partitions by now
	shunned time.Time // until then the express way leaves the worker alone; its own
}

// position is what a worker has delivered of a conversation: all from first to last. Of what comes later and stood before
// first nothing is known, so it is delivered, perhaps again.
type position struct{ first, last int64 }

func newWorker(s *Spread) *worker {
	positions, err := lru.NewLRU[string, *position](trackedConversations, nil)
	if err != nil {
		panic(err) // only for a size below one
	}
	return &worker{spread: s, positions: positions, turn: make(chan struct{}, 1), absent: map[int64][]*logpb.Entry{}}
}

// deliver takes records through, all together. It returns an error only when ctx ended before that was done: a store or a
// cache that is away is waited for, a poison record is set aside. The entries of absent users are handed over last, those of
// earlier express deliveries with them: their records are among these or come later.
func (w *worker) deliver(ctx context.Context, records []kafka.Message) error {
	select {
	case w.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	err := w.take(ctx, records)
	absent := w.absent
	w.absent, w.owed = map[int64][]*logpb.Entry{}, 0
	<-w.turn
	if err != nil {
		return err // nobody commits these offsets: they are read again, and the users' entries with them
	}
	return w.spread.wake(ctx, absent)
}

func (w *worker) take(ctx context.Context, records []kafka.Message) error {
	sound, entries, err := w.decode(ctx, records)
	if err != nil || len(entries) == 0 {
		return err
	}
	err = w.persist(ctx, entries)
	switch {
	case !errors.As(err, new(poisonError)):
		return err
	case len(sound) == 1:
		return w.setAside(ctx, sound[0], err)
	}
	for i := range sound { // one of them is poison
		if err := w.take(ctx, sound[i:i+1]); err != nil {
			return err
		}
	}
	return nil
}

// express takes entries through that follow what was delivered before, and answers those that are delivered now. The others are
// left to the reader, and everything when the worker is busy with an outage.
func (w *worker) express(ctx context.Context, entries []*logpb.Entry) (done []*logpb.Entry, err error) {
	if time.Now().Before(w.shunned) {
		return nil, nil
	}
	patience := time.NewTimer(maxTurnWait)
	defer patience.Stop()
	select {
	case w.turn <- struct{}{}:
	case <-patience.C:
		w.shunned = time.Now().Add(expressPause)
		return nil, nil
	}
	defer func() { <-w.turn }()
	if w.retired || w.owed > maxOwed {
		return nil, nil
	}
	for _, piece := range piecesOf(w.following(entries)) {
		if err := w.pass(ctx, piece); err != nil {
			return done, err
		}
		done = append(done, piece...)
	}
	expressEntries.Add(float64(len(done)))
	return done, nil
}

// retire ends the express way: when it returns nothing is delivered by it any more.
func (w *worker) retire() {
	w.turn <- struct{}{}
	w.retired = true
	<-w.turn
}

// following answers the entries that come right after what was delivered of their conversations.
func (w *worker) following(entries []*logpb.Entry) []*logpb.Entry {
	out := make([]*logpb.Entry, 0, len(entries))
	last := map[string]int64{}
	for _, e := range entries {
		id := e.GetConversationId()
		at, known := last[id]
		if p, ok := w.positions.Get(id); !known && ok {
			at, known = p.last, true
		}
		if known && e.GetSeq() != at+1 || !known && e.GetSeq() != 1 {
			continue
		}
		out = append(out, e)
		last[id] = e.GetSeq()
	}
	return out
}

// decode answers the records that can be read, and their entries. The others are set aside.
func (w *worker) decode(ctx context.Context, records []kafka.Message) (sound []kafka.Message, entries []*logpb.Entry, err error) {
	for _, m := range records {
		record := &logpb.Record{}
		if err := proto.Unmarshal(m.Value, record); err != nil {
			if err := w.setAside(ctx, m, fmt.Errorf("decode record: %w", err)); err != nil {
				return nil, nil, err
			}
			continue
		}
		follow(m, record.GetEntries())
		sound = append(sound, m)
		entries = append(entries, record.GetEntries()...)
	}
	return sound, entries, nil
}

// persist tries until the entries are delivered, ctx ends or they prove to be poison.
func (w *worker) persist(ctx context.Context, entries []*logpb.Entry) error {
	for try := 1; ; try++ {
		err := w.attempt(ctx, entries)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.As(err, new(poisonError)) && try >= poisonTries:
			return err
		}
		deliveryRetries.Inc()
		logx.Errorw("deliver records", logx.Field("entries", len(entries)), logx.Field("error", err.Error()))
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(retryPause):
		}
	}
}

// poisonError is a panic: trying again gives the same.
type poisonError struct{ value any }

// Error implements error.
func (e poisonError) Error() string { return fmt.Sprintf("panic: %v", e.value) }

func (w *worker) attempt(ctx context.Context, entries []*logpb.Entry) error {
	for whole := false; !whole; {
		contiguous, all, err := w.contiguous(ctx, entries)
		if err != nil {
			return err
		}
		for _, piece := range piecesOf(contiguous) {
			if err := w.pass(ctx, piece); err != nil {
				return err
			}
		}
		whole = all
	}
	return nil
}

// pass delivers entries that are contiguous with what was delivered before.
func (w *worker) pass(ctx context.Context, entries []*logpb.Entry) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = poisonError{p}
		}
	}()
	entries = slices.Clone(entries)
	if err := w.spread.renew(ctx, entries); err != nil {
		return err
	}
	absent, err := w.spread.Deliver(ctx, entries)
	if err != nil {
		return err
	}
	for user, some := range absent {
		w.absent[user] = append(w.absent[user], some...)
		w.owed += len(some)
	}
	for _, e := range entries {
		w.advance(e)
	}
	return nil
}

// maxGap bounds the entries of a gap that are read at once.
const maxGap = 1000

// contiguous drops repeats and fills gaps. It changes no position: the entries may have to be delivered again. After the
// beginning of a large gap it stops and answers that this is not the whole.
func (w *worker) contiguous(ctx context.Context, entries []*logpb.Entry) (out []*logpb.Entry, whole bool, err error) {
	out = make([]*logpb.Entry, 0, len(entries))
	last := map[string]int64{}
	for _, e := range entries {
		id := e.GetConversationId()
		at, known := last[id]
		if p, ok := w.positions.Get(id); !known && ok {
			if e.GetSeq() < p.first {
				out = append(out, e) // written by another instance before what was seen first
				continue
			}
			at, known = p.last, true
		}
		switch {
		case !known || e.GetSeq() == at+1:
		case e.GetSeq() <= at:
			repeatsSkipped.Inc()
			continue
		default:
			gap, err := w.spread.store.Entries(ctx, id, at+1, e.GetSeq()-1, maxGap, false)
			if err != nil {
				return nil, false, err
			}
			gapsFilled.Add(float64(len(gap)))
			out = append(out, gap...)
			if len(gap) == maxGap {
				return out, false, nil
			}
		}
		out = append(out, e)
		last[id] = e.GetSeq()
	}
	return out, true, nil
}

// piecesOf splits entries into runs of a bounded size.
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

func (w *worker) advance(e *logpb.Entry) {
	p, ok := w.positions.Get(e.GetConversationId())
	if !ok {
		w.positions.Add(e.GetConversationId(), &position{first: e.GetSeq(), last: e.GetSeq()})
		return
	}
	p.last = max(p.last, e.GetSeq())
}

// setAside writes a poison record to the dead-letter topic, with the reason, so that the partition goes on.
func (w *worker) setAside(ctx context.Context, m kafka.Message, cause error) error {
	deadLetters.Inc()
	logx.Errorw("set poison record aside", logx.Field("partition", m.Partition), logx.Field("offset", m.Offset),
		logx.Field("error", cause.Error()))
	for {
		err := w.spread.topics.deadLetter(ctx, m, cause)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(retryPause):
		}
	}
}
