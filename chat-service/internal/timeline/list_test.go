package timeline_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"im-backend/chat-service/internal/store"
	"im-backend/chat-service/internal/timeline"
	"im-backend/common/model"
	"im-backend/common/utils/errs"
)

func (b *bench) pageOf(limit int32, cursor string) (ids []string, next string) {
	b.t.Helper()
	list, next, err := b.ListConversations(context.Background(), 1, false, limit, cursor)
	require.NoError(b.t, err)
	for _, c := range list {
		ids = append(ids, c.ID)
	}
	return ids, next
}

func TestConversationsAreListedPinnedFirstThenTheNewestFirst(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var want []string
	for peer := 2; peer <= 8; peer++ {
		id := fmt.Sprintf("s:1:%d", peer)
		b.send(1, id)
		want = append([]string{id}, want...)
		time.Sleep(2 * time.Millisecond) // the order is by millisecond
	}
	b.send(2, "s:2:3") // somebody else's
	require.NoError(t, b.db.Exec("UPDATE user_conversations SET pinned_at = 5 WHERE user_id = 1 AND conversation_id IN ?",
		[]string{"s:1:3", "s:1:5"}).Error)
	want = []string{"s:1:5", "s:1:3", "s:1:8", "s:1:7", "s:1:6", "s:1:4", "s:1:2"}
	all, next := b.pageOf(0, "")
	require.Equal(t, want, all)
	require.Empty(t, next)
	for limit := range int32(len(want)) {
		var got []string
		for cursor, more := "", true; more; more = cursor != "" {
			var ids []string
			ids, cursor = b.pageOf(limit+1, cursor)
			require.LessOrEqual(t, len(ids), int(limit+1))
			got = append(got, ids...)
		}
		require.Equal(t, want, got)
	}
}

func TestWhatStandsBesideAConversation(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx := context.Background()
	b.send(2, "s:1:2")
	last := b.send(2, "s:1:2", "1")
	b.append("g:9", true, joined(1, false), as("admin", joined(3, false)))
	b.send(3, "g:9", "all")
	c, err := b.GetConversation(ctx, 1, "s:1:2")
	require.NoError(t, err)
	require.Equal(t, "user2", c.Peer.GetUsername())
	require.Equal(t, last, c.Last.GetSeq())
	require.EqualValues(t, 2, c.Unread)
	require.EqualValues(t, 1, c.Mentions)
	require.Equal(t, last, c.FirstMention)
	mine, err := b.GetConversation(ctx, 2, "s:1:2")
	require.NoError(t, err)
	require.Zero(t, mine.Unread, "writing moves one's own read position")
	require.Zero(t, mine.Mentions)
	g, err := b.GetConversation(ctx, 1, "g:9")
	require.NoError(t, err)
	require.Equal(t, "group9", g.Group.GetName())
	require.EqualValues(t, 1, g.Unread, "system entries do not count")
	require.EqualValues(t, 1, g.Mentions)
	_, err = b.MarkRead(ctx, 1, "g:9", 2, 0)
	require.NoError(t, err)
	g, err = b.GetConversation(ctx, 1, "g:9")
	require.NoError(t, err)
	require.Zero(t, g.Mentions)
	require.Zero(t, g.FirstMention)

	b.append("n:1", false)
	n, err := b.GetConversation(ctx, 1, "n:1")
	require.NoError(t, err)
	require.EqualValues(t, 1, n.Unread, "notifications count")

	b.send(4, "s:1:4")
	b.peers.away = true
	c, err = b.GetConversation(ctx, 1, "s:1:4")
	require.NoError(t, err, "names are left out when their service is away")
	require.Nil(t, c.Peer)
	c, err = b.GetConversation(ctx, 1, "s:1:2")
	require.NoError(t, err)
	require.Equal(t, "user2", c.Peer.GetUsername(), "what was asked a moment ago is known")
	_, err = b.GetConversation(ctx, 3, "s:1:2")
	require.ErrorIs(t, err, errs.ErrConversationNotFound)
}

func TestAFormerMemberIsNotToldOfWhatFollows(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.append("g:9", true, joined(1, false), as("owner", joined(2, false)))
	b.send(2, "g:9", "all")
	gone := b.append("g:9", false, left(1))
	before, err := b.GetConversation(context.Background(), 1, "g:9")
	require.NoError(t, err)
	b.send(2, "g:9", "all")
	after, err := b.GetConversation(context.Background(), 1, "g:9")
	require.NoError(t, err)
	require.Equal(t, gone, after.Last.GetSeq())
	require.Equal(t, gone, after.View.Visible())
	require.EqualValues(t, 1, after.Unread)
	require.Equal(t, before.View.Stamp, after.View.Stamp)
}

func TestBadLimitsAndCursorsAreRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.send(1, "s:1:2")
	b.send(1, "s:1:3")
	_, cursor, err := b.ListConversations(context.Background(), 1, false, 1, "")
	require.NoError(t, err)
	for _, limit := range []int32{-1, 201} {
		_, _, err := b.ListConversations(context.Background(), 1, false, limit, "")
		require.ErrorIs(t, err, errs.ErrInvalidArgument)
		_, _, err = b.ListMessages(context.Background(), 1, "s:1:2", timeline.Page{Limit: limit})
		require.ErrorIs(t, err, errs.ErrInvalidArgument)
		_, err = b.Sync(context.Background(), 1, "", limit, nil)
		require.ErrorIs(t, err, errs.ErrInvalidArgument)
	}
	for _, bad := range []string{"x", "!", cursor[1:], "bnVsbA"} {
		_, _, err := b.ListConversations(context.Background(), 1, false, 1, bad)
		require.ErrorIs(t, err, errs.ErrInvalidArgument, bad)
	}
	page, err := b.Sync(context.Background(), 1, cursor, 1, nil)
	require.NoError(t, err)
	require.True(t, page.Reset, "a cursor of the list is no token")
}

func TestManyPeersAreAskedForInBatches(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	var named []timeline.Position
	for peer := range 230 {
		id := fmt.Sprintf("s:1:%d", peer+2)
		b.send(1, id)
		if peer >= 200 {
			named = append(named, timeline.Position{ConversationID: id})
		}
	}
	page, err := b.Sync(context.Background(), 1, "", 200, named)
	require.NoError(t, err)
	require.Len(t, page.Conversations, 230)
	for _, c := range page.Conversations {
		require.NotNil(t, c.Peer, c.ID)
	}
	require.Equal(t, 200, b.peers.widest)
}

func TestAPassOverAListShowsEachConversationOnceWhateverComes(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	me := int64(0)
	rapid.Check(t, func(t *rapid.T) {
		me += 1000
		user := model.UserID(me)
		id := func(n int) string { return string(model.SingleID(user, model.UserID(me+int64(n)))) }
		conversations := rapid.IntRange(1, 12).Draw(t, "conversations")
		for n := range conversations {
			b.send(user, id(n+1))
			if rapid.IntRange(0, 3).Draw(t, "pin") == 0 {
				_, err := b.Update(context.Background(), user, id(n+1), store.Settings{Pinned: ptr(true)}, 0)
				require.NoError(t, err)
			}
		}
		limit := rapid.Int32Range(1, 4).Draw(t, "limit")
		shown := map[string]int{}
		for cursor, more := "", true; more; more = cursor != "" {
			list, next, err := b.ListConversations(context.Background(), user, false, limit, cursor)
			require.NoError(t, err)
			require.LessOrEqual(t, len(list), int(limit))
			for _, c := range list {
				shown[c.ID]++
			}
			for range rapid.IntRange(0, 3).Draw(t, "arrivals") {
				b.send(user, id(rapid.IntRange(1, conversations).Draw(t, "to")))
			}
			if n := rapid.IntRange(0, conversations).Draw(t, "toggled"); n > 0 {
				_, err := b.Update(context.Background(), user, id(n), store.Settings{Pinned: ptr(n%2 == 0)}, 0)
				require.NoError(t, err)
			}
			cursor = next
		}
		require.Len(t, shown, conversations)
		for one, times := range shown {
			require.Equal(t, 1, times, one)
		}
	})
}

func TestArchivedConversationsAreListedApart(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx := context.Background()
	b.send(1, "s:1:2")
	b.send(1, "s:1:3")
	_, err := b.Update(ctx, 1, "s:1:2", store.Settings{Archived: ptr(true)}, 0)
	require.NoError(t, err)
	ids, cursor := b.pageOf(0, "")
	require.Equal(t, []string{"s:1:3"}, ids)
	require.Empty(t, cursor)
	b.send(1, "s:1:2")
	list, _, err := b.ListConversations(ctx, 1, true, 0, "")
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, "s:1:2", list[0].ID, "a message does not bring it back")
	b.send(1, "s:1:4")
	_, cursor = b.pageOf(1, "")
	_, _, err = b.ListConversations(ctx, 1, true, 1, cursor)
	require.ErrorIs(t, err, errs.ErrInvalidArgument, "a cursor of the other list")
}

func TestWhatAFormerMemberSetsDoesNotMoveAConversation(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.append("g:9", true, joined(1, false), joined(2, false))
	b.append("g:9", false, left(1))
	time.Sleep(2 * time.Millisecond) // the order is by millisecond
	b.send(1, "s:1:2")
	_, err := b.MarkRead(context.Background(), 1, "g:9", 2, 0)
	require.NoError(t, err)
	_, err = b.Update(context.Background(), 1, "g:9", store.Settings{Draft: ptr("d")}, 0)
	require.NoError(t, err)
	ids, _ := b.pageOf(0, "")
	require.Equal(t, []string{"s:1:2", "g:9"}, ids)
}
