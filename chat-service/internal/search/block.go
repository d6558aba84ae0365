package search

import (
	"context"

	"github.com/cespare/xxhash/v2"
	"github.com/zeromicro/go-zero/core/logc"

	"im-backend/chat-service/internal/store"
	"im-backend/common/model/imchat"
	"im-backend/common/proto/gen/logpb"
)

const (
	blockSize = 128 // entries
	worth     = 16  // entries that a filter does not know are worth a new one
)

// BlockOf is the number of the block in which an entry stands.
func BlockOf(seq int64) int64 { return (seq - 1) / blockSize }

// log is one conversation of a scan.
type log struct {
	view   *store.View
	spans  []store.Span // that are left, ascending
	bound  int64        // nothing that is left was made after it, unix milliseconds
	sought bool         // what is left begins where the page begins
}

// next is the newest seq that is left.
func (l *log) next() int64 { return l.spans[len(l.spans)-1].To }

// down leaves nothing after a seq; false when nothing is left at all.
func (l *log) down(to int64) bool {
	for n := len(l.spans); n > 0; n = len(l.spans) {
		last := &l.spans[n-1]
		if last.To = min(last.To, to); last.From <= last.To {
			return true
		}
		l.spans = l.spans[:n-1]
	}
	return false
}

// block names the block of the newest seq that is left.
func (l *log) block() store.Place {
	return store.Place{ConversationID: l.view.ConversationID, Seq: BlockOf(l.next())}
}

// look looks at the newest block that is left of a log, as far as its last span reaches, and takes it off the log.
func (c *scan) look(ctx context.Context, l *log, known *imchat.SearchBlock) error {
	first := l.block().Seq*blockSize + 1
	last := first + blockSize - 1
	from, to, end := max(first, l.spans[len(l.spans)-1].From), l.next(), min(last, l.view.Head.MaxSeq)
	covered := first - 1
	if known != nil {
		covered = known.CoveredTo
	}
	if missing := end - covered; missing >= worth || missing > 0 && end == last {
		entries, err := c.read(ctx, l, first, end)
		if err != nil {
			return err
		}
		c.learn(ctx, l.block(), entries)
		c.take(between(entries, from, to))
		l.passed(from, entries)
		return nil
	}
	if covered < from || c.asked.maybeIn(known.Filter) {
		entries, err := c.read(ctx, l, from, to)
		c.take(entries)
		l.passed(from, entries)
		return err
	}
	l.bound = min(l.bound, known.FirstAt)
	return c.passOver(ctx, l, from, covered)
}

// passOver takes a block off a log whose filter says that nothing up to a seq matches; what was edited and what is newer it
// does not know.
func (c *scan) passOver(ctx context.Context, l *log, from, covered int64) error {
	to := l.next()
	l.down(from - 1)
	c.passed()
	edited, err := c.edited(ctx, l, from, min(to, covered))
	if err != nil {
		return err
	}
	c.take(edited)
	if covered >= to {
		return nil
	}
	entries, err := c.read(ctx, l, covered+1, to)
	c.take(entries)
	return err
}

// passed takes off a log what was looked at, entries from a seq on.
func (l *log) passed(from int64, entries []*logpb.Entry) {
	if some := between(entries, from, from+blockSize); len(some) > 0 {
		l.bound = min(l.bound, some[0].GetCreatedAt())
	}
	l.down(from - 1)
}

func between(entries []*logpb.Entry, from, to int64) []*logpb.Entry {
	var some []*logpb.Entry
	for _, e := range entries {
		if from <= e.GetSeq() && e.GetSeq() <= to {
			some = append(some, e)
		}
	}
	return some
}

func (c *scan) read(ctx context.Context, l *log, from, to int64) ([]*logpb.Entry, error) {
	return c.search.store.Entries(ctx, l.view.ConversationID, from, to, blockSize, false)
}

// edited reads the entries of a range that do not say any more what a filter knows.
func (c *scan) edited(ctx context.Context, l *log, from, to int64) ([]*logpb.Entry, error) {
	seqs, err := c.search.store.EditedSeqs(ctx, l.view.ConversationID, from, to)
	if err != nil || len(seqs) == 0 {
		return nil, err
	}
	places := make([]store.Place, len(seqs))
	for i, seq := range seqs {
		places[i] = store.Place{ConversationID: l.view.ConversationID, Seq: seq}
	}
	found, err := c.search.store.EntriesAt(ctx, places)
	if err != nil {
		return nil, err
	}
	entries := make([]*logpb.Entry, 0, len(found))
	for _, e := range found {
		entries = append(entries, e)
	}
	return entries, nil
}

// learn stores the filter of a block for the searches to come. This one does without.
func (c *scan) learn(ctx context.Context, at store.Place, entries []*logpb.Entry) {
	if len(entries) == 0 {
		return
	}
	hashes := map[uint64]struct{}{}
	for _, e := range entries {
		if e.GetSenderId() == 0 || e.GetRecalledAt() > 0 {
			continue
		}
		for _, p := range partsOf(textOf(e.GetType(), e.GetContent())) {
			p.terms(func(term string) { hashes[xxhash.Sum64String(term)] = struct{}{} })
		}
	}
	err := c.search.store.SaveSearchBlock(ctx, &imchat.SearchBlock{
		ConversationID: at.ConversationID, Block: at.Seq, CoveredTo: entries[len(entries)-1].GetSeq(),
		FirstAt: entries[0].GetCreatedAt(), Filter: newFilter(hashes),
	})
	if err != nil {
		logc.Errorw(ctx, "save search block", logc.Field("error", err.Error()))
	}
}
