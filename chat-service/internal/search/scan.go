package search

import (
	"container/heap"
	"context"
	"math"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"im-backend/chat-service/internal/store"
	"im-backend/common/proto/gen/logpb"
)

// How a scan goes about.
const (
	together   = 16 // logs that are looked at in one step
	reading    = 4  // of these at the same time
	blocksAsIf = 10 // entries that a block costs which is passed over
)

// hit is an entry that says what is looked for.
type hit struct {
	store.Place
	place
}

// scan looks through the logs of one user, always where the newest entries are that it has not seen.
type scan struct {
	search *Search
	asked  question
	query  Query
	from   place
	logs   logs
	left   int // entries that may still be read

	mu   sync.Mutex
	hits []hit
}

func newScan(s *Search, asked question, q Query, from place, views map[string]*store.View) *scan {
	c := &scan{search: s, asked: asked, query: q, from: from, left: s.config.Entries}
	for _, v := range views {
		l := &log{view: v, spans: s.reader.Spans(v), bound: max(v.Head.UpdatedAt, 0)}
		if v.MaxVisibleSeq > 0 {
			l.bound = v.UpdatedAt // it has left since the last entry of its window
		}
		l.sought = l.bound <= from.At
		l.bound = min(l.bound, from.At)
		if l.down(math.MaxInt64) {
			c.logs = append(c.logs, l)
		}
	}
	heap.Init(&c.logs)
	return c
}

// run scans until the first limit hits are certain, until there is nothing left, or until it has read what one search may; it
// always comes further than where it began.
func (c *scan) run(ctx context.Context, limit int) error {
	for len(c.logs) > 0 && c.certain() < limit && (c.left > 0 || c.logs[0].bound >= c.from.At) {
		var step []*log
		for len(step) < together && len(c.logs) > 0 {
			l, _ := heap.Pop(&c.logs).(*log)
			step = append(step, l)
		}
		if err := c.step(ctx, step); err != nil {
			return err
		}
		for _, l := range step {
			if len(l.spans) > 0 {
				heap.Push(&c.logs, l)
			}
		}
	}
	return nil
}

// certain is how many hits nothing can come before any more.
func (c *scan) certain() int {
	if len(c.logs) > 0 {
		if i := slices.IndexFunc(c.hits, func(h hit) bool { return h.At <= c.logs[0].bound }); i >= 0 {
			return i
		}
	}
	return len(c.hits)
}

// page answers the first hits that are certain, and where the next page begins; nil: there is none.
func (c *scan) page(limit int) ([]hit, *place) {
	certain := c.certain()
	switch {
	case certain >= limit && (len(c.hits) > limit || len(c.logs) > 0):
		return c.hits[:limit], &c.hits[limit-1].place
	case len(c.logs) > 0:
		return c.hits[:certain], &place{c.logs[0].bound, math.MaxInt64}
	}
	return c.hits, nil
}

// step looks at the next block of each log.
func (c *scan) step(ctx context.Context, step []*log) error {
	if err := c.seek(ctx, step); err != nil {
		return err
	}
	var left []*log
	var places []store.Place
	for _, l := range step {
		if len(l.spans) > 0 {
			left, places = append(left, l), append(places, l.block())
		}
	}
	known, err := c.search.store.SearchBlocks(ctx, places)
	if err != nil {
		return err
	}
	var looking errgroup.Group
	looking.SetLimit(reading)
	for i, l := range left {
		looking.Go(func() error { return c.look(ctx, l, known[places[i]]) })
	}
	if err := looking.Wait(); err != nil {
		return err //nolint:wrapcheck // errors of the store
	}
	slices.SortFunc(c.hits, func(a, b hit) int {
		if a.after(b.place) {
			return 1
		}
		return -1
	})
	return nil
}

// seek takes logs that reach beyond the beginning of the page to it: their times grow with their seqs.
func (c *scan) seek(ctx context.Context, step []*log) error {
	type search struct {
		*log
		low, high int64 // the newest seq that is old enough is in [low, high]
	}
	var searches []*search
	for _, l := range step {
		if !l.sought {
			l.sought = true
			searches = append(searches, &search{l, 0, l.next()})
		}
	}
	for {
		searches = slices.DeleteFunc(searches, func(s *search) bool {
			if s.low < s.high {
				return false
			}
			s.down(s.low)
			return true
		})
		if len(searches) == 0 {
			return nil
		}
		places := make([]store.Place, len(searches))
		for i, s := range searches {
			places[i] = store.Place{ConversationID: s.view.ConversationID, Seq: s.low + (s.high-s.low+1)/2}
		}
		times, err := c.search.store.CreatedAt(ctx, places)
		if err != nil {
			return err
		}
		for i, s := range searches {
			if at, ok := times[places[i]]; ok && at > c.from.At {
				s.high = places[i].Seq - 1
			} else {
				s.low = places[i].Seq
			}
		}
	}
}

// take notes those entries of a block that match.
func (c *scan) take(entries []*logpb.Entry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.left -= len(entries)
	for _, e := range entries {
		at := place{e.GetCreatedAt(), e.GetMessageId()}
		switch {
		case e.GetRecalledAt() > 0, e.GetSenderId() == 0, !at.after(c.from):
		case c.query.Sender != 0 && e.GetSenderId() != int64(c.query.Sender):
		case c.query.Type != "" && e.GetType() != c.query.Type:
		case c.asked.matches(e.GetType(), e.GetContent()):
			c.hits = append(c.hits, hit{store.Place{ConversationID: e.GetConversationId(), Seq: e.GetSeq()}, at})
		}
	}
}

func (c *scan) passed() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.left -= blocksAsIf
}
