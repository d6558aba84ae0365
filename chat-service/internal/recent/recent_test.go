package recent_test

import (
	"context"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"im-backend/chat-service/internal/recent"
	"im-backend/common/model"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/rediskey"
)

type bench struct {
	t      *testing.T
	server *miniredis.Miniredis
	rdb    *redis.Client
	*recent.Cache
}

func newBench(t *testing.T) *bench {
	t.Helper()
	server := miniredis.RunT(t)
	rdb := redis.NewClient(&redis.Options{Addr: server.Addr(), MaxRetries: -1})
	t.Cleanup(func() { require.NoError(t, rdb.Close()) })
	return &bench{t: t, server: server, rdb: rdb, Cache: recent.New(rdb)}
}

func (b *bench) pipe(fill func(ctx context.Context, pipe redis.Pipeliner)) {
	b.t.Helper()
	pipe := b.rdb.Pipeline()
	fill(context.Background(), pipe)
	_, err := pipe.Exec(context.Background())
	require.NoError(b.t, err)
}

func (b *bench) note(from, to int64) {
	b.t.Helper()
	var entries []*logpb.Entry
	for seq := from; seq <= to; seq++ {
		entries = append(entries, &logpb.Entry{ConversationId: "s:1:2", Seq: seq, Content: []byte(`{}`)})
	}
	b.pipe(func(ctx context.Context, pipe redis.Pipeliner) { recent.Note(ctx, pipe, "s:1:2", entries) })
}

func (b *bench) has(from, to int64) bool {
	b.t.Helper()
	found, err := b.Newest(context.Background(), []recent.Head{{ConversationID: "s:1:2", From: from, To: to}})
	require.NoError(b.t, err)
	entries, ok := found["s:1:2"]
	for i, e := range entries {
		require.Equal(b.t, from+int64(i), e.GetSeq())
	}
	if ok {
		require.Len(b.t, entries, int(to-from+1))
	}
	return ok
}

func TestOnlyARunWithoutHolesIsAnswered(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	require.False(t, b.has(1, 3), "nothing is cached")
	b.note(1, 3)
	require.True(t, b.has(1, 3))
	require.True(t, b.has(2, 2))
	require.False(t, b.has(1, 4), "the head is missing")
	b.note(5, 6)
	require.False(t, b.has(1, 6), "there is a hole")
	require.True(t, b.has(5, 6))
	b.note(4, 4)
	b.note(4, 5)
	require.True(t, b.has(1, 6), "it came late, and twice")
	b.server.FlushAll()
	require.False(t, b.has(5, 6))
}

func TestTwoFormsOfOneEntryAreNotAnswered(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.note(1, 2)
	b.pipe(func(ctx context.Context, pipe redis.Pipeliner) {
		recent.Note(ctx, pipe, "s:1:2", []*logpb.Entry{{ConversationId: "s:1:2", Seq: 2, Content: []byte(`{"other":1}`)}})
	})
	require.False(t, b.has(1, 2))
	require.True(t, b.has(1, 1))
}

func TestTheCacheKeepsTheNewestEntriesOnly(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.note(1, 120)
	require.True(t, b.has(71, 120))
	require.False(t, b.has(70, 120))
	b.note(3, 3)
	require.False(t, b.has(3, 3), "an old one that comes late pushes no newer one out")
	require.True(t, b.has(71, 120))
}

func TestARedisThatIsAwayIsAnError(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.server.Close()
	_, err := b.Newest(context.Background(), []recent.Head{{ConversationID: "s:1:2", From: 1, To: 1}})
	require.Error(t, err)
	_, err = b.Moved(context.Background(), []int64{1}, 0, time.Now())
	require.Error(t, err)
}

func (b *bench) moved(at int64, after int64, users ...int64) recent.Moves {
	b.t.Helper()
	moves, err := b.Moved(context.Background(), users, after, time.UnixMilli(at))
	require.NoError(b.t, err)
	return moves
}

func (b *bench) inbox(at int64, user model.UserID, id string) {
	b.t.Helper()
	b.pipe(func(ctx context.Context, pipe redis.Pipeliner) {
		recent.NoteInbox(ctx, pipe, user, id, time.UnixMilli(at))
	})
}

func TestAnInboxIsCompleteOnlySinceItWasFirstAsked(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.inbox(900, 1, "s:1:2")
	require.Empty(t, b.moved(1000, 500, 1).ByUser, "nobody knows what stood there before")
	require.Empty(t, b.moved(1001, 999, 1).ByUser)
	require.Equal(t, map[int64][]string{1: {}}, b.moved(1002, 1000, 1).ByUser)
	b.inbox(1100, 1, "s:1:2")
	b.inbox(1200, 1, "g:9")
	moves := b.moved(1300, 1000, 1, 2)
	require.Equal(t, map[int64][]string{1: {"s:1:2", "g:9"}}, moves.ByUser, "user 2 is asked for the first time")
	require.Equal(t, []string{"g:9"}, b.moved(1300, 1100, 1).ByUser[1], "after means after")
	require.Contains(t, b.moved(1400, 1300, 2).ByUser, int64(2))

	b.server.FlushAll()
	require.Empty(t, b.moved(1500, 1400, 1, 2).ByUser)
	require.Len(t, b.moved(1600, 1500, 1, 2).ByUser, 2)
}

func TestLargeGroupsHaveOneInboxForAll(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.moved(1000, 0, 1)
	b.pipe(func(ctx context.Context, pipe redis.Pipeliner) {
		recent.NoteLarge(ctx, pipe, "g:9", time.UnixMilli(1100))
	})
	require.Equal(t, []string{"g:9"}, b.moved(1200, 1000, 1).Large)
	require.Empty(t, b.moved(1200, 1100, 1).Large)
}

func TestLostNotesMakeEveryInboxIncomplete(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.moved(1000, 0, 1)
	require.Contains(t, b.moved(1200, 1100, 1).ByUser, int64(1))
	b.pipe(func(ctx context.Context, pipe redis.Pipeliner) { recent.NoteMissed(ctx, pipe, time.UnixMilli(1500)) })
	require.Empty(t, b.moved(1600, 1200, 1).ByUser)
	require.Contains(t, b.moved(1700, 1500, 1).ByUser, int64(1))
}

func TestTheChangesOfAThousandMembersAreNotCached(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	e := &logpb.Entry{ConversationId: "s:1:2", Seq: 1, Content: []byte(`{}`)}
	for user := range int64(1000) {
		e.Changes = append(e.Changes, &logpb.MemberChange{UserId: user, Kind: logpb.MemberChange_KIND_JOINED})
	}
	b.pipe(func(ctx context.Context, pipe redis.Pipeliner) { recent.Note(ctx, pipe, "s:1:2", []*logpb.Entry{e}) })
	require.True(t, b.has(1, 1))
	cached, err := b.server.ZMembers(rediskey.Recent("s:1:2"))
	require.NoError(t, err)
	require.Less(t, len(cached[0]), 100)
	require.Len(t, e.GetChanges(), 1000, "the entry itself stays as it was")
}
