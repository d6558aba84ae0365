package committer_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/chat-service/internal/committer"
	"im-backend/chat-service/internal/store"
	"im-backend/common/model"
	"im-backend/common/model/imchat"
	"im-backend/common/proto/gen/logpb"
)

// windows answers the past windows of a user in a conversation, oldest first.
func (b *bench) windows(user model.UserID, id string) (windows [][2]int64) {
	b.t.Helper()
	v, err := b.store.View(context.Background(), user, id)
	require.NoError(b.t, err)
	for from, to := range store.PastWindows(v.PastWindows) {
		windows = append(windows, [2]int64{from, to})
	}
	return windows
}

// appendAll has changes of members appended, by as few transactions as the committer allows.
func (b *bench) appendAll(c *committer.Committer, id model.ConversationID, first int, all ...[]*logpb.MemberChange) {
	b.t.Helper()
	jobs := make([]*committer.Job, 0, len(all))
	for i, changes := range all {
		jobs = append(jobs, appendJob(id, committer.Append{ID: fmt.Sprint(first + i), Changes: changes}))
	}
	for _, a := range b.inOneBatch(c, jobs...) {
		require.NoError(b.t, a.err)
	}
}

func TestEveryOldWindowStaysReadableHoweverOftenAMemberComesBack(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.committer()
	appendEntry(t, c, "g:9", committer.Append{ID: "create", Creates: true, Changes: joined(1, 2)}) // seq 1
	first, err := send(t, c, 1, "g:9", "m", "hello")                                               // seq 2
	require.NoError(t, err)
	const times = 260
	want := [][2]int64{{1, 3}}
	for i := range int64(times) { // out, something that it does not see, and in again: one transaction for some of them
		b.appendAll(c, "g:9", int(10*i), left(2), joined(3), left(3), joined(2))
		if i > 0 {
			want = append(want, [2]int64{2 + 4*i, 3 + 4*i})
		}
	}
	require.Equal(t, want, b.windows(2, "g:9"))

	_, err = change(c, "g:9", react(2, first.Seq, "👍"))
	require.NoError(t, err, "a message of the oldest window can be reacted to")
	_, err = change(c, "g:9", react(2, 4, "👍"))
	require.Error(t, err, "what came between two windows cannot")
	listed, err := b.store.ChangedViews(context.Background(), 2, 0, "", 10)
	require.NoError(t, err)
	require.True(t, store.Sees(&listed[0].UserConversation, 2, listed[0].Head.MaxSeq), "lists have all windows as well")
	require.False(t, store.Sees(&listed[0].UserConversation, 4, listed[0].Head.MaxSeq))
	b.requireShortRows()
}

// requireShortRows checks that what is read and written with every change of a member does not grow with its past.
func (b *bench) requireShortRows() {
	b.t.Helper()
	var rows []imchat.UserConversation
	require.NoError(b.t, b.db.Find(&rows).Error)
	for _, row := range rows {
		require.Less(b.t, len(row.PastWindows), 4096)
	}
}

func TestManyWindowsOfOneTransactionAreAllKept(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.committer()
	appendEntry(t, c, "g:9", committer.Append{ID: "create", Creates: true, Changes: joined(1, 2)})
	var all [][]*logpb.MemberChange
	for range 250 {
		all = append(all, left(2), joined(3), left(3), joined(2))
	}
	b.appendAll(c, "g:9", 0, all...)
	require.Len(t, b.windows(2, "g:9"), 250)
	require.Len(t, b.windows(3, "g:9"), 249)
	b.requireShortRows()
}

func TestWindowsThatTouchBecomeOne(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.committer()
	appendEntry(t, c, "g:9", committer.Append{ID: "create", Creates: true, Changes: joined(1, 2)})
	for i := range 30 {
		b.appendAll(c, "g:9", 10*i, left(2), joined(2))
	}
	require.Equal(t, [][2]int64{{1, 60}}, b.windows(2, "g:9"))
}

func TestWhoSeesEverythingAgainHasNoPastWindows(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.committer()
	appendEntry(t, c, "g:9", committer.Append{ID: "create", Creates: true, Changes: joined(1, 2)})
	for i := range 150 {
		b.appendAll(c, "g:9", 10*i, left(2), joined(3), left(3), joined(2))
	}
	all := joined(2)
	all[0].HistoryVisible = true
	b.appendAll(c, "g:9", 10_000, left(2), all) // seqs 602 and 603
	require.Empty(t, b.windows(2, "g:9"))

	want := [][2]int64{{1, 604}}
	for i := range int64(150) {
		b.appendAll(c, "g:9", int(20_000+10*i), left(2), joined(3), left(3), joined(2))
		if i > 0 {
			want = append(want, [2]int64{603 + 4*i, 604 + 4*i})
		}
	}
	require.Equal(t, want, b.windows(2, "g:9"), "none of those before it comes back")
}
