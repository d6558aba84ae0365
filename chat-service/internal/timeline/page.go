package timeline

import (
	"context"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
	"google.golang.org/protobuf/proto"

	"im-backend/chat-service/internal/recent"
	"im-backend/chat-service/internal/store"
	"im-backend/common/model"
	"im-backend/common/proto/gen/logpb"
)

// pageBytes bounds the entries of one page: what does not fit is left to the next request, or to the history.
const pageBytes = 4 << 20

// withEntries adds entries: after the named positions, and the newest ones of the other changed conversations.
func (t *Timeline) withEntries(ctx context.Context, user model.UserID, views []*store.View, named []Position) ([]*Changed, error) {
	positions := make(map[string]Position, len(named))
	for _, p := range named {
		positions[p.ConversationID] = p
	}
	views, err := t.withNamed(ctx, user, views, positions)
	if err != nil {
		return nil, err
	}
	list, err := t.describe(ctx, user, views)
	if err != nil {
		return nil, err
	}
	changed := make([]*Changed, len(list))
	for i, c := range list {
		changed[i] = &Changed{Conversation: c}
	}
	first := namedFirst(changed, positions)
	if err := t.readEntries(ctx, first, positions); err != nil {
		return nil, err
	}
	fit(first, positions)
	dressings := make([]dressing, len(first))
	for i, c := range first {
		dressings[i] = dressing{c.View, c.Messages}
	}
	return changed, t.dress(ctx, user, dressings)
}

// withNamed adds the views of the conversations that are named and have not changed.
func (t *Timeline) withNamed(ctx context.Context, user model.UserID, views []*store.View, positions map[string]Position) ([]*store.View, error) {
	present := make(map[string]bool, len(views))
	for _, v := range views {
		present[v.ConversationID] = true
	}
	var others []string
	for id := range positions {
		if !present[id] {
			others = append(others, id)
		}
	}
	if len(others) == 0 {
		return views, nil
	}
	more, err := t.store.NamedViews(ctx, user, others)
	return append(views, more...), err
}

// namedFirst is the order in which conversations share a page: what a request names has to make headway.
func namedFirst(changed []*Changed, positions map[string]Position) []*Changed {
	ordered := make([]*Changed, 0, len(changed))
	for _, wanted := range []bool{true, false} {
		for _, c := range changed {
			if _, isNamed := positions[c.ID]; isNamed == wanted {
				ordered = append(ordered, c)
			}
		}
	}
	return ordered
}

// readEntries reads until the page is full.
func (t *Timeline) readEntries(ctx context.Context, ordered []*Changed, positions map[string]Position) error {
	cached := t.newest(ctx, ordered, positions)
	var read atomic.Int64
	var reading errgroup.Group
	reading.SetLimit(8)
	for _, c := range ordered {
		if entries, ok := cached[c.ID]; ok {
			c.Messages, c.HasMore = entries, entries[0].GetSeq() > windowsOf(c.View)[0].from
			continue
		}
		reading.Go(func() error {
			if read.Load() > pageBytes {
				c.HasMore = c.View.Visible() > positions[c.ID].AfterSeq
				return nil
			}
			var err error
			c.Messages, c.HasMore, err = t.entriesOf(ctx, c.View, positions)
			for _, e := range c.Messages {
				read.Add(int64(proto.Size(e)))
			}
			return err
		})
	}
	return reading.Wait() //nolint:wrapcheck // errors of the store
}

// newest reads the newest entries of all conversations that are not named from the cache, in one round trip.
func (t *Timeline) newest(ctx context.Context, ordered []*Changed, positions map[string]Position) map[string][]*logpb.Entry {
	var heads []recent.Head
	for _, c := range ordered {
		v := c.View
		if _, isNamed := positions[c.ID]; !isNamed && v.DeletionsAt == 0 && v.Visible() >= v.First() {
			from := max(v.First(), v.Visible()-newestOfChanged+1)
			if (len(windowsOf(v)) == 1 || from > v.First()) && from >= v.Head.ChangedSeq {
				heads = append(heads, recent.Head{ConversationID: c.ID, From: from, To: v.Visible()})
			}
		}
	}
	if len(heads) == 0 {
		return nil
	}
	cached, err := t.cache.Newest(ctx, heads)
	if err != nil {
		return nil // the store has them
	}
	return cached
}

func (t *Timeline) entriesOf(ctx context.Context, v *store.View, positions map[string]Position) ([]*logpb.Entry, bool, error) {
	p, isNamed := positions[v.ConversationID]
	if !isNamed {
		return t.read(ctx, v, 1, v.Visible(), newestOfChanged, true)
	}
	limit, err := checkLimit(p.Limit)
	if err != nil {
		return nil, false, err
	}
	return t.read(ctx, v, after(p.AfterSeq), v.Visible(), limit, false)
}

// fit cuts a page to its size. Of a named conversation the first entries stay, of another one the newest; the first
// conversation keeps one at least.
func fit(ordered []*Changed, positions map[string]Position) {
	left := pageBytes
	for i, c := range ordered {
		if left -= proto.Size(c.Last); left < 0 && i > 0 {
			last := *c.Conversation
			last.Last = nil
			c.Conversation = &last
		}
		_, isNamed := positions[c.ID]
		keep := 0
		for keep < len(c.Messages) && (left > 0 || i+keep == 0) {
			e := c.Messages[keep]
			if !isNamed {
				e = c.Messages[len(c.Messages)-1-keep]
			}
			left -= proto.Size(e)
			keep++
		}
		if keep == len(c.Messages) {
			continue
		}
		c.HasMore = true
		if isNamed {
			c.Messages = c.Messages[:keep]
		} else {
			c.Messages = c.Messages[len(c.Messages)-keep:]
		}
	}
}
