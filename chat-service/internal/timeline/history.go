package timeline

import (
	"context"
	"math"
	"slices"

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

// windowsOf answers a user's windows, ascending.
func windowsOf(v *store.View) []window {
	var windows []window
	for from, to := range store.PastWindows(v.PastWindows) {
		windows = append(windows, window{from, to})
	}
	return append(windows, window{v.MinSeq, v.Visible()})
}

// read answers up to limit entries between two seqs that the user may see, ascending: the newest or the oldest of them, and
// whether there are more.
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
		if len(entries) == limit {
			return entries, true, nil
		}
		want := limit - len(entries)
		part, err := t.readWindow(ctx, v, w, want, newest)
		if err != nil {
			return nil, false, err
		}
		if newest {
			entries = append(part, entries...)
		} else {
			entries = append(entries, part...)
		}
		if w.to-w.from+1 > int64(want) {
			return entries, true, nil
		}
	}
	return entries, false, nil
}

// readWindow reads from the cache what it has whole, and otherwise from the store.
func (t *Timeline) readWindow(ctx context.Context, v *store.View, w window, limit int, newest bool) ([]*logpb.Entry, error) {
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
	return t.store.Entries(ctx, v.ConversationID, w.from, w.to, limit, newest)
}

// MarkRead moves the user's read position and tells its other devices, and the peer of a single conversation. It answers the
// position afterwards. Errors: CONVERSATION_NOT_FOUND, INVALID_ARGUMENT.
func (t *Timeline) MarkRead(ctx context.Context, user model.UserID, id string, seq, session int64) (int64, error) {
	if seq < 0 {
		return 0, errs.InvalidField("seq", "must not be negative")
	}
	v, err := t.store.View(ctx, user, id)
	if err != nil {
		return 0, err
	}
	seq = min(seq, v.Visible())
	if seq <= v.ReadSeq {
		return v.ReadSeq, nil
	}
	parsed, err := model.ParseConversationID(id)
	if err != nil {
		return 0, errs.ErrConversationNotFound
	}
	at := store.Place{ConversationID: id, Seq: seq}
	count, err := t.store.CountUpTo(ctx, parsed.Type, at)
	if err != nil {
		return 0, err
	}
	advanced, err := t.store.AdvanceRead(ctx, user, at, count, t.now().UnixMilli())
	if err != nil {
		return 0, err
	}
	if advanced {
		t.notifier.Read(ctx, parsed, id, user, seq, session)
		return seq, nil
	}
	v, err = t.store.View(ctx, user, id) // another device was faster
	if err != nil {
		return 0, err
	}
	return v.ReadSeq, nil
}
