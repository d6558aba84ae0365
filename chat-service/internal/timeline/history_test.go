package timeline_test

import (
	"context"
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"im-backend/chat-service/internal/timeline"
	"im-backend/common/model"
	"im-backend/common/utils/errs"
)

func (b *bench) history(user model.UserID, id string, p timeline.Page) (seqs []int64, more bool) {
	b.t.Helper()
	entries, more, err := b.ListMessages(context.Background(), user, id, p)
	require.NoError(b.t, err)
	return seqsOf(entries), more
}

func seq(n int64) *int64 { return &n }

func TestHistoryPagesInBothDirections(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for range 70 {
		b.send(1, "s:1:2")
	}
	for _, tc := range []struct {
		page timeline.Page
		want []int64
		more bool
	}{
		{timeline.Page{}, run(21, 70), true},
		{timeline.Page{Limit: 200}, run(1, 70), false},
		{timeline.Page{Before: seq(21), Limit: 20}, run(1, 20), false},
		{timeline.Page{Before: seq(22), Limit: 20}, run(2, 21), true},
		{timeline.Page{Before: seq(1)}, run(1, 0), false},
		{timeline.Page{Before: seq(-5)}, run(1, 0), false},
		{timeline.Page{Before: seq(math.MinInt64)}, run(1, 0), false},
		{timeline.Page{Before: seq(math.MaxInt64), Limit: 2}, run(69, 70), true},
		{timeline.Page{After: seq(0), Limit: 3}, run(1, 3), true},
		{timeline.Page{After: seq(-1), Limit: 3}, run(1, 3), true},
		{timeline.Page{After: seq(67), Limit: 3}, run(68, 70), false},
		{timeline.Page{After: seq(66), Limit: 3}, run(67, 69), true},
		{timeline.Page{After: seq(70)}, run(1, 0), false},
		{timeline.Page{After: seq(math.MaxInt64)}, run(1, 0), false},
	} {
		for range 2 { // from the cache and from the store
			got, more := b.history(2, "s:1:2", tc.page)
			require.Equal(t, tc.want, got, "%+v", tc.page)
			require.Equal(t, tc.more, more, "%+v", tc.page)
			b.redis.FlushAll()
		}
	}
	_, _, err := b.ListMessages(context.Background(), 2, "s:1:2", timeline.Page{Before: seq(1), After: seq(1)})
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
	_, _, err = b.ListMessages(context.Background(), 3, "s:1:2", timeline.Page{})
	require.ErrorIs(t, err, errs.ErrConversationNotFound)
	b.redis.Close()
	got, _ := b.history(2, "s:1:2", timeline.Page{Limit: 2})
	require.Equal(t, run(69, 70), got)
}

func TestReadPositionsOnlyGoForwardAndStayInsideTheWindow(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for range 5 {
		b.send(2, "s:1:2")
	}
	for _, tc := range []struct{ ask, want int64 }{{3, 3}, {2, 3}, {0, 3}, {3, 3}, {99, 5}, {math.MaxInt64, 5}} {
		got, err := b.MarkRead(context.Background(), 1, "s:1:2", tc.ask, 7)
		require.NoError(t, err)
		require.Equal(t, tc.want, got)
	}
	require.Equal(t, []readEvent{{"s:1:2", 1, 3}, {"s:1:2", 1, 5}}, b.reads.seen, "only moves are told")
	_, err := b.MarkRead(context.Background(), 1, "s:1:2", -1, 7)
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
	_, err = b.MarkRead(context.Background(), 3, "s:1:2", 1, 7)
	require.ErrorIs(t, err, errs.ErrConversationNotFound)
}

func TestDevicesThatReadAtTheSameTimeEndAtTheFurthest(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const n = 40
	for range n {
		b.send(2, "s:1:2")
	}
	var reading sync.WaitGroup
	for i := range int64(n) {
		reading.Go(func() {
			got, err := b.MarkRead(context.Background(), 1, "s:1:2", i+1, 0)
			require.NoError(t, err)
			require.GreaterOrEqual(t, got, i+1)
		})
	}
	reading.Wait()
	c, err := b.GetConversation(context.Background(), 1, "s:1:2")
	require.NoError(t, err)
	require.EqualValues(t, n, viewOf(c).ReadSeq)
	require.Zero(t, c.Unread)
}

// groupModel is what a group's members may see, in the plainest form.
type groupModel struct {
	id      string
	senders []model.UserID           // by seq-1; zero: the system
	visible map[model.UserID][]int64 // ascending
	present map[model.UserID]bool
	read    map[model.UserID]int64
	gone    map[model.UserID]map[int64]bool // deleted or cleared
}

func (g *groupModel) store(seq int64, sender model.UserID) {
	g.senders = append(g.senders, sender)
	for user, in := range g.present {
		if in {
			g.visible[user] = append(g.visible[user], seq)
		}
	}
}

func (g *groupModel) join(seq int64, user model.UserID, historyVisible bool) {
	if !g.present[user] {
		g.present[user] = true
		if historyVisible {
			g.visible[user] = run(1, seq-1)
		}
		g.read[user] = seq
	}
	g.store(seq, 0)
}

func (g *groupModel) unread(user model.UserID) (n int64) {
	for _, seq := range g.visible[user] {
		if seq > g.read[user] && g.senders[seq-1] != 0 && !g.gone[user][seq] {
			n++
		}
	}
	return n
}

func TestMembersSeeTheirWindowsAndUnreadEqualsARecount(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	groups := int64(0)
	rapid.Check(t, func(t *rapid.T) {
		groups++
		g := &groupModel{
			id: fmt.Sprintf("g:%d", groups), visible: map[model.UserID][]int64{}, present: map[model.UserID]bool{}, read: map[model.UserID]int64{},
			gone: map[model.UserID]map[int64]bool{},
		}
		g.join(b.append(g.id, true, joined(1, false)), 1, false)
		users := rapid.Custom(func(t *rapid.T) model.UserID { return model.UserID(rapid.IntRange(1, 4).Draw(t, "user")) })
		for range rapid.IntRange(5, 25).Draw(t, "steps") {
			user := users.Draw(t, "user")
			switch rapid.SampledFrom([]string{"send", "send", "join", "leave", "read", "delete", "clear"}).Draw(t, "do") {
			case "send":
				if g.present[user] {
					seq := b.send(user, g.id)
					g.store(seq, user)
					g.read[user] = seq
				}
			case "join":
				visible := rapid.Bool().Draw(t, "historyVisible")
				g.join(b.append(g.id, false, joined(user, visible)), user, visible)
			case "leave":
				g.store(b.append(g.id, false, left(user)), 0)
				g.present[user] = false
			case "delete":
				b.delete(t, g, user, rapid.SliceOfN(rapid.Int64Range(0, int64(len(g.senders))+2), 1, 5).Draw(t, "seqs"))
			case "clear":
				b.clear(t, g, user)
			case "read":
				b.readAndCheck(t, g, user, rapid.Int64Range(0, int64(len(g.senders))+2).Draw(t, "seq"))
			}
		}
		if rapid.Bool().Draw(t, "flush") {
			b.redis.FlushAll()
		}
		for user := range g.visible {
			b.checkHistory(t, g, user)
		}
	})
}

func (b *bench) readAndCheck(t *rapid.T, g *groupModel, user model.UserID, seq int64) {
	if len(g.visible[user]) == 0 {
		return
	}
	got, err := b.MarkRead(context.Background(), user, g.id, seq, 0)
	require.NoError(t, err)
	g.read[user] = max(g.read[user], min(seq, g.visible[user][len(g.visible[user])-1]))
	require.Equal(t, g.read[user], got)
}

func (b *bench) checkHistory(t *rapid.T, g *groupModel, user model.UserID) {
	c, err := b.GetConversation(context.Background(), user, g.id)
	require.NoError(t, err)
	require.Equal(t, g.unread(user), c.Unread)
	require.Equal(t, g.read[user], c.View.ReadSeq)
	limit := rapid.Int32Range(1, 12).Draw(t, "limit")
	var up, down []int64
	for from, more := int64(0), true; more; {
		var page []int64
		page, more = b.history(user, g.id, timeline.Page{After: &from, Limit: limit})
		up = append(up, page...)
		if more {
			from = page[len(page)-1]
		}
	}
	for to, more := int64(math.MaxInt64), true; more; {
		var page []int64
		page, more = b.history(user, g.id, timeline.Page{Before: &to, Limit: limit})
		down = slices.Concat(page, down)
		if more {
			to = page[0]
		}
	}
	want := g.left(user)
	require.Equal(t, want, append([]int64{}, up...))
	require.Equal(t, want, append([]int64{}, down...))
	last := int64(0)
	if len(want) > 0 {
		last = want[len(want)-1]
	}
	require.Equal(t, last, c.Last.GetSeq())
}

// left is what a user has not taken away from itself.
func (g *groupModel) left(user model.UserID) []int64 {
	return slices.DeleteFunc(append([]int64{}, g.visible[user]...), func(seq int64) bool { return g.gone[user][seq] })
}

func (g *groupModel) take(user model.UserID, seqs ...int64) {
	if g.gone[user] == nil {
		g.gone[user] = map[int64]bool{}
	}
	for _, seq := range seqs {
		g.gone[user][seq] = true
	}
}

func (b *bench) delete(t *rapid.T, g *groupModel, user model.UserID, seqs []int64) {
	err := b.Delete(context.Background(), user, g.id, seqs, 0)
	if len(g.visible[user]) == 0 {
		require.ErrorIs(t, err, errs.ErrConversationNotFound)
		return
	}
	require.NoError(t, err)
	for _, seq := range seqs {
		if slices.Contains(g.visible[user], seq) { // what nobody may see yet is not deleted
			g.take(user, seq)
		}
	}
}

func (b *bench) clear(t *rapid.T, g *groupModel, user model.UserID) {
	err := b.Clear(context.Background(), user, g.id, 0)
	if len(g.visible[user]) == 0 {
		require.ErrorIs(t, err, errs.ErrConversationNotFound)
		return
	}
	require.NoError(t, err)
	last := g.visible[user][len(g.visible[user])-1]
	g.take(user, run(1, last)...) // also what only a later window would show
	g.read[user] = max(g.read[user], last)
}
