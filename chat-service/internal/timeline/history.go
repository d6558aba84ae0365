package timeline

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"google.golang.org/protobuf/proto"

	"im-backend/chat-service/internal/message"
	"im-backend/chat-service/internal/recent"
	"im-backend/chat-service/internal/store"
	"im-backend/common/model"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/errs"
)

// Page asks for a page of a conversation's history: the newest entries, those before a seq, or those after one.
type Page struct {
	Before, After *int64
	Limit         int32
}

// ListMessages answers a page ascending by seq, inside the user's windows only, and whether there is more in the direction
// asked. Errors: CONVERSATION_NOT_FOUND, INVALID_ARGUMENT.
func (t *Timeline) ListMessages(ctx context.Context, user model.UserID, id string, p Page) ([]*logpb.Entry, bool, error) {
	limit, err := checkLimit(p.Limit)
	if err != nil {
		return nil, false, err
	}
	if p.Before != nil && p.After != nil {
		return nil, false, errs.InvalidField("beforeSeq", "not together with afterSeq")
	}
	v, err := t.store.View(ctx, user, id)
	if err != nil {
		return nil, false, err
	}
	from, to, newest := int64(1), int64(math.MaxInt64), true
	if p.Before != nil {
		to = max(*p.Before, 1) - 1
	}
	if p.After != nil {
		from, newest = after(*p.After), false
	}
	entries, more, err := t.read(ctx, v, from, to, limit, newest)
	if err != nil {
		return nil, false, err
	}
	return entries, more, t.dress(ctx, user, []dressing{{v, entries}})
}

// after is the first seq after one that a client named.
func after(seq int64) int64 { return min(max(seq, 0), math.MaxInt64-1) + 1 }

// window is a run of seqs that a user may see, both ends included.
type window struct{ from, to int64 }

// windowsOf answers a user's windows, ascending, without what the user has cleared and what was trimmed. The last one is there even if it is empty.
func windowsOf(v *store.View) []window {
	var windows []window
	for from, to := range store.PastWindows(v.PastWindows) {
		if from = max(from, v.Left()); from <= to {
			windows = append(windows, window{from, to})
		}
	}
	return append(windows, window{v.First(), v.Visible()})
}

// sees reports whether an entry stands in one of the user's windows.
func sees(v *store.View, seq int64) bool {
	return slices.ContainsFunc(windowsOf(v), func(w window) bool { return w.from <= seq && seq <= w.to })
}

// read answers up to limit entries between two seqs that the user may see and has not deleted, ascending: the newest or the
// oldest of them, and whether there are more.
func (t *Timeline) read(ctx context.Context, v *store.View, from, to int64, limit int, newest bool) ([]*logpb.Entry, bool, error) {
	windows := windowsOf(v)
	if newest {
		slices.Reverse(windows)
	}
	var entries []*logpb.Entry
	for _, w := range windows {
		w.from, w.to = max(w.from, from), min(w.to, to)
		if w.from > w.to {
			continue
		}
		want, one := limit-len(entries), 0
		switch {
		case v.DeletionsAt > 0:
			one = 1 // shows that there are more: with deletions the seqs do not
		case want == 0:
			return entries, true, nil
		}
		part, err := t.readWindow(ctx, v, w, want+one, newest)
		if err != nil {
			return nil, false, err
		}
		if newest {
			entries = slices.Concat(part, entries)
		} else {
			entries = slices.Concat(entries, part)
		}
		switch extra := len(entries) - limit; {
		case extra > 0 && newest:
			return entries[extra:], true, nil
		case extra > 0:
			return entries[:limit], true, nil
		case one == 0 && w.to-w.from+1 > int64(want):
			return entries, true, nil
		}
	}
	return entries, false, nil
}

// readWindow reads from the cache what it has whole, and otherwise from the store.
func (t *Timeline) readWindow(ctx context.Context, v *store.View, w window, limit int, newest bool) ([]*logpb.Entry, error) {
	if v.DeletionsAt > 0 {
		return t.store.EntriesFor(ctx, model.UserID(v.UserID), v.ConversationID, w.from, w.to, limit, newest)
	}
	if newest {
		w.from = max(w.from, w.to-int64(limit)+1)
	} else {
		w.to = min(w.to, w.from+int64(limit)-1)
	}
	if w.from > v.Visible()-int64(defaultLimit) && w.from >= v.Head.ChangedSeq {
		head := recent.Head{ConversationID: v.ConversationID, From: w.from, To: w.to}
		if cached, err := t.cache.Newest(ctx, []recent.Head{head}); err == nil && cached[v.ConversationID] != nil {
			return cached[v.ConversationID], nil
		}
	}
	if v.MaxVisibleSeq == 0 && w.to == v.Visible() {
		return t.tail(ctx, v.ConversationID, w)
	}
	return t.store.Entries(ctx, v.ConversationID, w.from, w.to, limit, newest)
}

// tailTimeout bounds a read that several wait for.
const tailTimeout = 2 * time.Second

// tail reads the newest entries of a conversation, once for all who ask at the same time: after the cache was lost a whole group
// may. Whatever changes an entry moves the head, so who asks after it asks for another tail. The answer is shared.
func (t *Timeline) tail(ctx context.Context, conversationID string, w window) ([]*logpb.Entry, error) {
	key := fmt.Sprint(conversationID, " ", w.from, " ", w.to)
	reading := t.tails.DoChan(key, func() (any, error) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), tailTimeout)
		defer cancel()
		return t.store.Entries(ctx, conversationID, w.from, w.to, int(w.to-w.from+1), false)
	})
	select {
	case got := <-reading:
		entries, _ := got.Val.([]*logpb.Entry)
		return ownCopies(entries), got.Err
	case <-ctx.Done():
		return nil, errs.From(ctx.Err())
	}
}

// ownCopies copies shared entries as far as dress changes them for each caller.
func ownCopies(shared []*logpb.Entry) []*logpb.Entry {
	entries := slices.Clone(shared)
	for i, e := range entries {
		if e.GetReactionSeq() > 0 || e.GetType() == message.Edit {
			entries[i] = proto.CloneOf(e)
		}
	}
	return entries
}
