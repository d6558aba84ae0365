package timeline_test

import (
	"context"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"im-backend/chat-service/internal/recent"
	"im-backend/chat-service/internal/store"
	"im-backend/common/model"
)

func (b *bench) note(users []model.UserID, large bool, id string) {
	b.t.Helper()
	pipe := b.rdb.Pipeline()
	for _, u := range users {
		recent.NoteInbox(context.Background(), pipe, u, id, time.Now())
	}
	if large {
		recent.NoteLarge(context.Background(), pipe, id, time.Now())
	}
	_, err := pipe.Exec(context.Background())
	require.NoError(b.t, err)
}

func (b *bench) heads(after int64, users ...int64) []store.HeadRow {
	b.t.Helper()
	heads, err := b.ListHeads(context.Background(), users, after)
	require.NoError(b.t, err)
	return heads
}

func head(user int64, id string, seq int64) store.HeadRow {
	return store.HeadRow{UserID: user, ConversationID: id, Seq: seq}
}

func TestHeadsTellEachUserWhatItMaySee(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.append("g:9", true, joined(1, false), joined(2, false))
	b.append("g:9", false, left(2))
	b.send(1, "g:9")
	b.send(1, "s:1:3")
	b.note([]model.UserID{1, 2}, false, "g:9")
	b.note([]model.UserID{1, 3}, false, "s:1:3")
	want := []store.HeadRow{head(1, "g:9", 3), head(1, "s:1:3", 1), head(2, "g:9", 2), head(3, "s:1:3", 1)}
	now := time.Now().UnixMilli()
	require.ElementsMatch(t, want, b.heads(now, 1, 2, 3, 4), "from the store: nobody knows the inboxes yet")
	b.age(t)
	require.ElementsMatch(t, want, b.heads(now, 1, 2, 3, 4), "from the inboxes")
	b.redis.FlushAll()
	require.ElementsMatch(t, want, b.heads(now, 1, 2, 3, 4))
	b.redis.Close()
	require.ElementsMatch(t, want, b.heads(now, 1, 2, 3, 4))
	require.Empty(t, b.heads(now+60_000, 1, 2, 3, 4), "nothing moved")
}

// age makes every inbox complete from the start on.
func (b *bench) age(t *testing.T) {
	t.Helper()
	for _, key := range b.redis.Keys() {
		if _, err := b.redis.ZScore(key, "since"); err == nil {
			require.NoError(t, b.rdb.ZAdd(context.Background(), key, redis.Z{Score: 1, Member: "since"}).Err())
		}
	}
}

func TestTheHeadOfALargeGroupIsFoundThoughNoInboxHasIt(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.append("g:9", true, joined(1, false), joined(2, false))
	b.append("g:9", false, left(2))
	now := time.Now().UnixMilli()
	b.heads(now, 1, 2, 3)
	b.age(t)
	require.Empty(t, b.heads(now, 1, 2, 3), "no inbox has anything")
	b.send(1, "g:9")
	b.note(nil, true, "g:9")
	require.ElementsMatch(t, []store.HeadRow{head(1, "g:9", 3), head(2, "g:9", 2)}, b.heads(now, 1, 2, 3))
}

func TestRoomsAreTheOpenWindowsOfGroups(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.append("g:9", true, joined(1, false), joined(2, false))
	b.append("g:9", false, left(2), joined(3, false))
	b.send(1, "s:1:2")
	rooms, err := b.ListRooms(context.Background(), []int64{1, 2, 3, 4})
	require.NoError(t, err)
	require.ElementsMatch(t, []store.RoomRow{
		{UserID: 1, ConversationID: "g:9", MinSeq: 1, MaxSeq: 2},
		{UserID: 3, ConversationID: "g:9", MinSeq: 2, MaxSeq: 2},
	}, rooms)
	rooms, err = b.ListRooms(context.Background(), nil)
	require.NoError(t, err)
	require.Empty(t, rooms)
}
