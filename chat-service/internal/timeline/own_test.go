package timeline_test

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/chat-service/internal/push"
	"im-backend/chat-service/internal/store"
	"im-backend/chat-service/internal/timeline"
	"im-backend/common/model"
	"im-backend/common/utils/errs"
)

func ptr[T any](v T) *T { return &v }

// conversation reads one conversation of a user.
func (b *bench) conversation(user model.UserID, id string) *timeline.Conversation {
	b.t.Helper()
	c, err := b.GetConversation(context.Background(), user, id)
	require.NoError(b.t, err)
	return c
}

// lastTold is the last notice that is no read.
func (b *bench) lastTold() push.Notice {
	b.reads.mu.Lock()
	defer b.reads.mu.Unlock()
	require.NotEmpty(b.t, b.reads.told)
	return b.reads.told[len(b.reads.told)-1]
}

func TestSettingsChangeWhatIsSetAndTellTheOtherDevices(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx := context.Background()
	b.send(2, "s:1:2")
	version := int64(0)
	for _, set := range []store.Settings{
		{Pinned: ptr(true)},
		{MutedUntil: ptr(int64(77)), Draft: ptr("<é>")},
		{Archived: ptr(true)},
		{MarkedUnread: ptr(true)},
		{Pinned: ptr(false)},
	} {
		c, err := b.Update(ctx, 1, "s:1:2", set, 9)
		require.NoError(t, err)
		require.Greater(t, c.View.UpdatedAt, version, "two changes in one millisecond too")
		version = c.View.UpdatedAt
	}
	c := b.conversation(1, "s:1:2")
	require.Zero(t, c.View.PinnedAt)
	require.EqualValues(t, 77, c.View.MutedUntil)
	require.Equal(t, "<é>", c.View.Draft)
	require.True(t, c.View.Archived)
	require.True(t, c.View.Marked())
	told := b.lastTold()
	require.Equal(t, push.Notice{Users: []model.UserID{1}, Except: 9, State: &push.State{
		Conversation: "s:1:2", Version: version, MutedUntil: 77, Draft: "<é>", MarkedUnread: true, Archived: true, MinSeq: 1, Unread: 1,
	}}, told)
	require.Zero(t, b.conversation(2, "s:1:2").View.MutedUntil, "the other side has settings of its own")

	before := len(b.reads.told)
	_, err := b.Update(ctx, 1, "s:1:2", store.Settings{}, 9)
	require.NoError(t, err)
	require.Len(t, b.reads.told, before, "nothing was changed")
	_, err = b.Update(ctx, 1, "s:1:2", store.Settings{Draft: ptr(strings.Repeat("é", 1000))}, 9)
	require.NoError(t, err)
	for _, bad := range []store.Settings{{Draft: ptr(strings.Repeat("é", 1001))}, {MutedUntil: ptr(int64(-1))}} {
		_, err = b.Update(ctx, 1, "s:1:2", bad, 9)
		require.ErrorIs(t, err, errs.ErrInvalidArgument)
	}
	_, err = b.Update(ctx, 3, "s:1:2", store.Settings{Pinned: ptr(true)}, 9)
	require.ErrorIs(t, err, errs.ErrConversationNotFound)
}

func TestReadingAndWritingTakeAMarkOfUnreadAway(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx := context.Background()
	last := b.send(2, "s:1:2")
	mark := func() {
		c, err := b.Update(ctx, 1, "s:1:2", store.Settings{MarkedUnread: ptr(true)}, 0)
		require.NoError(t, err)
		require.True(t, c.View.Marked())
	}
	read := func(seq int64) {
		_, err := b.MarkRead(ctx, 1, "s:1:2", seq, 4)
		require.NoError(t, err)
	}
	read(last)
	mark()
	read(last) // what is read already
	c := b.conversation(1, "s:1:2")
	require.False(t, c.View.Marked())
	require.Equal(t, readEvent{"s:1:2", 1, last}, b.reads.seen[len(b.reads.seen)-1], "other devices learn it")
	told := len(b.reads.seen)
	read(last)
	require.Len(t, b.reads.seen, told, "nothing was left to do")
	mark()
	b.send(1, "s:1:2")
	require.False(t, b.conversation(1, "s:1:2").View.Marked())
}

func TestAHiddenConversationComesBackWithItsNextEntry(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx := context.Background()
	b.send(2, "s:1:2")
	b.send(3, "s:1:3")
	require.NoError(t, b.Hide(ctx, 1, "s:1:2", 5))
	require.True(t, b.lastTold().State.Hidden)
	require.EqualValues(t, 5, b.lastTold().Except)
	ids, _ := b.pageOf(0, "")
	require.Equal(t, []string{"s:1:3"}, ids)
	seqs, _ := b.history(1, "s:1:2", timeline.Page{})
	require.Equal(t, run(1, 1), seqs, "the history stays")
	require.EqualValues(t, 1, b.conversation(1, "s:1:2").Unread)
	b.send(2, "s:1:2")
	ids, _ = b.pageOf(0, "")
	require.Equal(t, []string{"s:1:2", "s:1:3"}, ids)
	require.ErrorIs(t, b.Hide(ctx, 3, "s:1:2", 5), errs.ErrConversationNotFound)
}

func TestAClearedHistoryIsGoneByEveryRouteForOneAlone(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx := context.Background()
	for range 30 {
		b.send(2, "s:1:2")
	}
	_, err := b.Update(ctx, 1, "s:1:2", store.Settings{Draft: ptr("d"), Pinned: ptr(true)}, 0)
	require.NoError(t, err)
	require.NoError(t, b.Delete(ctx, 1, "s:1:2", []int64{3, 30}, 0))
	token, err := b.Sync(ctx, 1, "", 0, nil)
	require.NoError(t, err)
	require.NoError(t, b.Clear(ctx, 1, "s:1:2", 5))
	require.EqualValues(t, 31, b.lastTold().State.MinSeq)
	check := func() {
		for _, p := range []timeline.Page{{}, {Before: seq(31)}, {Before: seq(5)}, {After: seq(0)}, {After: seq(29)}} {
			seqs, more := b.history(1, "s:1:2", p)
			require.Empty(t, seqs)
			require.False(t, more)
		}
		c := b.conversation(1, "s:1:2")
		require.Nil(t, c.Last)
		require.Zero(t, c.Unread)
		require.Empty(t, c.View.Draft)
		ids, _ := b.pageOf(0, "")
		require.Empty(t, ids)
		for _, since := range []string{"", token.NextSince} {
			page, err := b.Sync(ctx, 1, since, 0, []timeline.Position{{ConversationID: "s:1:2"}})
			require.NoError(t, err)
			require.Len(t, page.Conversations, 1, "devices that were away learn it")
			require.Empty(t, page.Conversations[0].Messages)
			require.False(t, page.Conversations[0].HasMore)
			require.EqualValues(t, 31, page.Conversations[0].View.First())
		}
	}
	check()
	b.redis.FlushAll()
	check()
	_, err = b.ListReaders(ctx, 1, "s:1:2", 30, 0, "")
	require.ErrorIs(t, err, errs.ErrMessageNotFound)
	seqs, _ := b.history(2, "s:1:2", timeline.Page{Limit: 200})
	require.Equal(t, run(1, 30), seqs, "the other side keeps it")
	b.send(2, "s:1:2")
	ids, _ := b.pageOf(0, "")
	require.Equal(t, []string{"s:1:2"}, ids)
	seqs, more := b.history(1, "s:1:2", timeline.Page{})
	require.Equal(t, run(31, 31), seqs)
	require.False(t, more)
	c := b.conversation(1, "s:1:2")
	require.EqualValues(t, 1, c.Unread)
	require.EqualValues(t, 31, c.Last.GetSeq())
	page, err := b.Sync(ctx, 1, token.NextSince, 0, nil)
	require.NoError(t, err)
	require.Equal(t, run(31, 31), seqsOf(page.Conversations[0].Messages))
	require.False(t, page.Conversations[0].HasMore)
	require.ErrorIs(t, b.Clear(ctx, 3, "s:1:2", 5), errs.ErrConversationNotFound)
}

func TestADeletedOrClearedMentionIsCountedNoMore(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx := context.Background()
	first, second := b.send(2, "s:1:2", "1"), b.send(2, "s:1:2", "1")
	require.EqualValues(t, 2, b.conversation(1, "s:1:2").Mentions)
	require.NoError(t, b.Delete(ctx, 1, "s:1:2", []int64{first}, 0))
	c := b.conversation(1, "s:1:2")
	require.EqualValues(t, 1, c.Mentions)
	require.Equal(t, second, c.FirstMention)
	require.NoError(t, b.Clear(ctx, 1, "s:1:2", 5))
	require.Zero(t, b.conversation(1, "s:1:2").Mentions)
}

func TestWhatIsNoConversationIsNotFound(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx := context.Background()
	b.send(1, "s:1:2")
	for _, id := range []string{"ж", "s:2:1", "x"} { // the column of ids has ASCII only, and MySQL compares it with nothing else
		_, err := b.MarkRead(ctx, 1, id, 1, 0)
		require.ErrorIs(t, err, errs.ErrConversationNotFound)
		_, _, err = b.ListMessages(ctx, 1, id, timeline.Page{})
		require.ErrorIs(t, err, errs.ErrConversationNotFound)
	}
	page, err := b.Sync(ctx, 1, "", 0, []timeline.Position{{ConversationID: "ж"}, {ConversationID: "я"}, {ConversationID: "s:1:2"}})
	require.NoError(t, err)
	require.Len(t, page.Conversations, 1)
}

func TestDeletedMessagesAreLeftOutAndPagesStayFull(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx := context.Background()
	for range 60 {
		b.send(2, "s:1:2")
	}
	var odd []int64
	for n := int64(1); n <= 60; n += 2 {
		odd = append(odd, n)
	}
	require.NoError(t, b.Delete(ctx, 1, "s:1:2", append(odd, 60, 60, 61, 0, -1), 5))
	require.Equal(t, append(odd, 60), b.lastTold().State.Deleted)
	require.EqualValues(t, 29, b.lastTold().State.Unread)
	require.EqualValues(t, 29, b.conversation(1, "s:1:2").Unread)
	require.EqualValues(t, 58, b.conversation(1, "s:1:2").Last.GetSeq())
	for _, tc := range []struct {
		page timeline.Page
		want []int64
		more bool
	}{
		{timeline.Page{Limit: 3}, []int64{54, 56, 58}, true},
		{timeline.Page{Limit: 29}, nil, false},
		{timeline.Page{Limit: 28}, nil, true},
		{timeline.Page{Before: seq(6), Limit: 2}, []int64{2, 4}, false},
		{timeline.Page{Before: seq(7), Limit: 2}, []int64{4, 6}, true},
		{timeline.Page{After: seq(0), Limit: 2}, []int64{2, 4}, true},
		{timeline.Page{After: seq(54), Limit: 2}, []int64{56, 58}, false},
		{timeline.Page{After: seq(58), Limit: 2}, []int64{}, false},
		{timeline.Page{Before: seq(2), Limit: 2}, []int64{}, false},
	} {
		got, more := b.history(1, "s:1:2", tc.page)
		require.Equal(t, tc.more, more, "%+v", tc.page)
		if tc.want == nil {
			require.Len(t, got, int(tc.page.Limit))
		} else {
			require.Equal(t, tc.want, got, "%+v", tc.page)
		}
	}
	theirs, _ := b.history(2, "s:1:2", timeline.Page{Limit: 200})
	require.Equal(t, run(1, 60), theirs)
	require.EqualValues(t, 60, b.conversation(2, "s:1:2").Last.GetSeq())
	_, err := b.MarkRead(ctx, 1, "s:1:2", 30, 0)
	require.NoError(t, err)
	require.EqualValues(t, 14, b.conversation(1, "s:1:2").Unread)
	_, err = b.ListReaders(ctx, 1, "s:1:2", 1, 0, "")
	require.ErrorIs(t, err, errs.ErrMessageNotFound)
	for _, bad := range [][]int64{nil, make([]int64, 101)} {
		require.ErrorIs(t, b.Delete(ctx, 1, "s:1:2", bad, 0), errs.ErrInvalidArgument)
	}
	require.ErrorIs(t, b.Delete(ctx, 3, "s:1:2", []int64{1}, 0), errs.ErrConversationNotFound)
}

func TestADeviceThatWasAwayLearnsWhatWasDeleted(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx := context.Background()
	ids := []string{"s:1:2", "s:1:3", "s:1:4"}
	for _, id := range ids {
		for range 5 {
			b.send(1, id)
		}
	}
	first, err := b.Sync(ctx, 1, "", 0, nil)
	require.NoError(t, err)
	require.Empty(t, first.Conversations[0].Deleted)
	for i, id := range ids {
		require.NoError(t, b.Delete(ctx, 1, id, []int64{int64(i) + 1, 5}, 0))
	}
	deleted := map[string][]int64{}
	since := first.NextSince
	for more := true; more; { // page by page: later ones tell of deletions before their own beginning too
		page, err := b.Sync(ctx, 1, since, 1, nil)
		require.NoError(t, err)
		for _, c := range page.Conversations {
			deleted[c.ID] = c.Deleted
			require.False(t, c.DeletedMore)
		}
		since, more = page.NextSince, page.More
	}
	require.Equal(t, map[string][]int64{"s:1:2": {1, 5}, "s:1:3": {2, 5}, "s:1:4": {3, 5}}, deleted)
	quiet, err := b.Sync(ctx, 1, since, 0, nil)
	require.NoError(t, err)
	require.Empty(t, quiet.Conversations)
	require.NoError(t, b.db.Exec("UPDATE deleted_messages SET deleted_at = 1 WHERE seq < 5").Error) // long ago
	fresh, err := b.Sync(ctx, 1, "", 0, []timeline.Position{{ConversationID: "s:1:2"}})
	require.NoError(t, err)
	for _, c := range fresh.Conversations {
		if c.ID == "s:1:2" {
			require.Equal(t, []int64{1, 5}, c.Deleted, "a device that holds it has lost its token")
		} else {
			require.Equal(t, []int64{5}, c.Deleted, "a new device holds nothing, but a push may be late")
		}
	}
}

func TestOfManyDeletionsADeviceReadsAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx := context.Background()
	const n = 1001
	for range n {
		b.send(1, "s:1:2")
	}
	first, err := b.Sync(ctx, 1, "", 0, nil)
	require.NoError(t, err)
	for from := int64(1); from <= n; from += 100 {
		require.NoError(t, b.Delete(ctx, 1, "s:1:2", run(from, min(from+99, n)), 0))
	}
	page, err := b.Sync(ctx, 1, first.NextSince, 0, nil)
	require.NoError(t, err)
	require.True(t, page.Conversations[0].DeletedMore)
	require.Equal(t, run(1, 1000), page.Conversations[0].Deleted)
	require.Nil(t, page.Conversations[0].Last)
}

func TestSettingsReachDevicesThatWereAway(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx := context.Background()
	b.send(2, "s:1:2")
	page, err := b.Sync(ctx, 1, "", 0, nil)
	require.NoError(t, err)
	since := page.NextSince
	for i, change := range []func() error{
		func() error {
			_, err := b.Update(ctx, 1, "s:1:2", store.Settings{Pinned: ptr(true)}, 0)
			return err
		},
		func() error { _, err := b.MarkRead(ctx, 1, "s:1:2", 1, 0); return err },
		func() error { return b.Hide(ctx, 1, "s:1:2", 0) },
		func() error { return b.Delete(ctx, 1, "s:1:2", []int64{1}, 0) },
		func() error { return b.Clear(ctx, 1, "s:1:2", 0) },
		func() error { _, err := b.MarkRead(ctx, 2, "s:1:2", 1, 0); return err }, // nothing: it wrote it
	} {
		require.NoError(t, change())
		page, err := b.Sync(ctx, 1, since, 0, nil)
		require.NoError(t, err)
		if i == 5 {
			require.Empty(t, page.Conversations)
			continue
		}
		require.Len(t, page.Conversations, 1, "change %d", i)
		require.Equal(t, b.conversation(1, "s:1:2").View.UpdatedAt, page.Conversations[0].View.UpdatedAt)
		since = page.NextSince
	}
}

func TestThePeersPositionsAreShownAndSynced(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx := context.Background()
	for range 5 {
		b.send(1, "s:1:2")
	}
	page, err := b.Sync(ctx, 1, "", 0, nil)
	require.NoError(t, err)
	require.Zero(t, page.Conversations[0].Their.DeliveredSeq)
	at, err := b.position.Deliver(ctx, 2, "s:1:2", 4)
	require.NoError(t, err)
	require.EqualValues(t, 4, at)
	require.Equal(t, push.Notice{
		Users: []model.UserID{1}, Delivered: &push.Moved{At: push.At{Conversation: "s:1:2", User: 2}, Seq: 4},
	}, b.lastTold())
	page, err = b.Sync(ctx, 1, page.NextSince, 0, nil)
	require.NoError(t, err)
	require.Len(t, page.Conversations, 1)
	require.Equal(t, store.PeerMarks{ConversationID: "s:1:2", DeliveredSeq: 4}, page.Conversations[0].Their)
	_, err = b.MarkRead(ctx, 2, "s:1:2", 5, 0)
	require.NoError(t, err)
	page, err = b.Sync(ctx, 1, page.NextSince, 0, nil)
	require.NoError(t, err)
	require.Len(t, page.Conversations, 1)
	require.Equal(t, store.PeerMarks{ConversationID: "s:1:2", ReadSeq: 5, DeliveredSeq: 5}, page.Conversations[0].Their)
	b.send(2, "s:1:2")
	require.EqualValues(t, 6, b.conversation(1, "s:1:2").Their.ReadSeq, "who writes has read")
}
