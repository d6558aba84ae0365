package imclient

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"im-backend/common/utils/wire"
)

// world is what the server knows: the entries of each conversation that the user may see. Their seqs may have holes, where
// the user was no member.
type world struct {
	logs    map[string][]wire.Message
	page    int
	failing bool
}

var errAway = errors.New("away")

func (w *world) history(_ context.Context, id string, after int64) (History, error) {
	if w.failing {
		return History{}, errAway
	}
	if len(w.logs[id]) == 0 {
		return History{}, &APIError{Status: 404, Reason: "CONVERSATION_NOT_FOUND"}
	}
	var h History
	for _, m := range w.logs[id] {
		if m.Seq > after {
			if len(h.Items) == w.page {
				h.HasMore = true
				break
			}
			h.Items = append(h.Items, m)
		}
	}
	return h, nil
}

func (w *world) sync(newest int) SyncPage {
	var p SyncPage
	for id, log := range w.logs {
		if len(log) == 0 {
			continue
		}
		from := max(len(log)-newest, 0)
		p.Conversations = append(p.Conversations, SyncConversation{
			Conversation: wire.Conversation{ConversationID: id, MinSeq: log[0].Seq, MaxSeq: log[len(log)-1].Seq},
			Messages:     log[from:], HasMore: from > 0,
		})
	}
	return p
}

func newLedger(w *world, store Store, into *[]wire.Message) *ledger {
	l := &ledger{store: store, history: w.history, deliver: func(m wire.Message) { *into = append(*into, m) }}
	if err := l.load(); err != nil {
		panic(err)
	}
	return l
}

// TestAnyLossRepeatAndReorderEndsInEveryEntryOnceAndInOrder draws a run: entries appear, some pushes arrive, late, twice or
// never, history fails at times, the device restarts, and at last it syncs.
func TestAnyLossRepeatAndReorderEndsInEveryEntryOnceAndInOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		ids := []string{"s:1:2", "g:5", "n:1"}
		w := &world{logs: map[string][]wire.Message{}, page: rapid.IntRange(1, 7).Draw(t, "page")}
		var got, inFlight []wire.Message
		store := &MemoryStore{}
		l := newLedger(w, store, &got)
		ctx := context.Background()
		for range rapid.IntRange(0, 120).Draw(t, "steps") {
			switch rapid.IntRange(0, 9).Draw(t, "step") {
			case 0, 1, 2, 3: // an entry appears, now and then after some that the user may not see
				id := rapid.SampledFrom(ids).Draw(t, "id")
				seq := int64(1)
				if log := w.logs[id]; len(log) > 0 {
					seq = log[len(log)-1].Seq + 1
				}
				if rapid.IntRange(0, 9).Draw(t, "hole") == 0 {
					seq += 3
				}
				m := wire.Message{ConversationID: id, Seq: seq, MessageID: fmt.Sprint(id, seq)}
				w.logs[id] = append(w.logs[id], m)
				inFlight = append(inFlight, m)
			case 4, 5, 6: // a push arrives, of any that are under way, which may come again
				if len(inFlight) > 0 {
					i := rapid.IntRange(0, len(inFlight)-1).Draw(t, "push")
					_ = l.push(ctx, inFlight[i]) // it fails while the history does
					if rapid.Bool().Draw(t, "once") {
						inFlight = slices.Delete(inFlight, i, i+1)
					}
				}
			case 7: // heads
				for id, log := range w.logs {
					_ = l.head(ctx, id, log[len(log)-1].Seq)
				}
			case 8:
				w.failing = !w.failing
			case 9: // the device restarts, or reconnects and syncs
				if rapid.Bool().Draw(t, "restart") {
					l = newLedger(w, store, &got)
				}
				_ = l.page(ctx, w.sync(rapid.IntRange(1, 20).Draw(t, "newest")))
			}
		}
		w.failing = false
		if err := l.page(ctx, w.sync(rapid.IntRange(1, 20).Draw(t, "newest"))); err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			var seen []wire.Message
			for _, m := range got {
				if m.ConversationID == id {
					seen = append(seen, m)
				}
			}
			if !slices.EqualFunc(seen, w.logs[id], func(a, b wire.Message) bool { return a.MessageID == b.MessageID }) {
				t.Fatalf("%s: got %v, want %v", id, seen, w.logs[id])
			}
		}
	})
}

func TestTheSyncTokenIsKeptOnlyWhenThePageWasHandedOut(t *testing.T) {
	t.Parallel()
	w := &world{logs: map[string][]wire.Message{"s:1:2": nil}, page: 10}
	for seq := range int64(30) {
		w.logs["s:1:2"] = append(w.logs["s:1:2"], wire.Message{ConversationID: "s:1:2", Seq: seq + 1})
	}
	var got []wire.Message
	store := &MemoryStore{}
	l := newLedger(w, store, &got)
	page := w.sync(5)
	page.NextSince = "t1"
	w.failing = true
	require.ErrorIs(t, l.page(t.Context(), page), errAway)
	state, err := store.Load()
	require.NoError(t, err)
	require.Empty(t, state.Since)
	require.Empty(t, got, "nothing is handed out over a gap")
	w.failing = false
	require.NoError(t, l.page(t.Context(), page))
	state, err = store.Load()
	require.NoError(t, err)
	require.Equal(t, "t1", state.Since)
	require.Len(t, got, 30)
}

func TestAPushOfAConversationWithoutAHistoryIsHandedOut(t *testing.T) {
	t.Parallel()
	var got []wire.Message
	l := newLedger(&world{logs: map[string][]wire.Message{}}, &MemoryStore{}, &got)
	require.NoError(t, l.push(t.Context(), wire.Message{ConversationID: "g:9", Seq: 57}))
	require.Len(t, got, 1)
}

func TestAHistoryBehindThePushMakesTheDeviceConnectAnew(t *testing.T) {
	t.Parallel()
	var got []wire.Message
	w := &world{logs: map[string][]wire.Message{"g:9": {{ConversationID: "g:9", Seq: 1}}}, page: 5}
	l := newLedger(w, &MemoryStore{}, &got)
	require.ErrorIs(t, l.push(t.Context(), wire.Message{ConversationID: "g:9", Seq: 3}), errBehind)
	require.Len(t, got, 1)
}

func TestALatePushOfADeletedMessageIsNotHandedOut(t *testing.T) {
	t.Parallel()
	var handed []int64
	l := &ledger{
		store: &MemoryStore{},
		history: func(_ context.Context, _ string, after int64) (History, error) {
			var h History
			for _, seq := range []int64{1, 4, 6} { // 2, 3 and 5 are deleted
				if seq > after {
					h.Items = append(h.Items, wire.Message{ConversationID: "s:1:2", Seq: seq})
				}
			}
			return h, nil
		},
		deliver: func(m wire.Message) { handed = append(handed, m.Seq) },
	}
	require.NoError(t, l.load())
	push := func(seq int64) {
		require.NoError(t, l.push(t.Context(), wire.Message{ConversationID: "s:1:2", Seq: seq}))
	}
	push(1)
	require.NoError(t, l.forget("s:1:2", 1, []int64{1, 2, 3, 5}))
	push(2)
	push(3)
	push(4)
	push(5)
	push(6)
	require.Equal(t, []int64{1, 4, 6}, handed)
	require.Empty(t, l.gone, "nothing is kept that cannot come any more")
	require.NoError(t, l.forget("s:1:2", 9, nil))
	push(8)
	require.Equal(t, []int64{1, 4, 6}, handed, "what was cleared is not handed out")
	push(9)
	require.Equal(t, []int64{1, 4, 6, 9}, handed)
}
