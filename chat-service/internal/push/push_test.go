package push_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"im-backend/chat-service/internal/push"
	"im-backend/chat-service/internal/push/pushtest"
	"im-backend/common/model"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/proto/gen/wsgatewaypb"
	"im-backend/common/utils/rediskey"
)

type bench struct {
	t     *testing.T
	redis *miniredis.Miniredis
	*push.Gateways

	renewed atomic.Int32 // entries
	away    atomic.Bool  // the store
}

// Renew implements push.Renewer: everything was recalled meanwhile.
func (b *bench) Renew(_ context.Context, entries []*logpb.Entry) error {
	if b.away.Load() {
		return errors.New("away")
	}
	for i, e := range entries {
		entries[i] = &logpb.Entry{ConversationId: e.GetConversationId(), Seq: e.GetSeq(), Content: []byte("{}")}
	}
	b.renewed.Add(int32(len(entries)))
	return nil
}

func newBench(t *testing.T, gateways ...*pushtest.Gateway) *bench {
	t.Helper()
	server := miniredis.RunT(t)
	rdb := redis.NewClient(&redis.Options{Addr: server.Addr(), MaxRetries: -1, ReadTimeout: 200 * time.Millisecond})
	b := &bench{t: t, redis: server}
	b.Gateways = push.New(rdb, pushtest.Dial, b)
	b.living(gateways...)
	t.Cleanup(func() {
		b.Close()
		require.NoError(t, rdb.Close())
	})
	return b
}

func (b *bench) living(gateways ...*pushtest.Gateway) {
	values := []string{"nonsense"}
	for _, g := range gateways {
		values = append(values, g.Value())
	}
	b.Update(values)
}

// announce marks a gateway as one that has announced all it holds.
func (b *bench) announce(id string, users []model.UserID, rooms ...string) {
	require.NoError(b.t, b.redis.Set(rediskey.Gateway(id), "1"))
	for _, u := range users {
		b.redis.HSet(rediskey.Route(u), "connection-"+id, id+"|5|web")
	}
	for _, r := range rooms {
		_, err := b.redis.SAdd(rediskey.Room(model.ConversationID(r)), id)
		require.NoError(b.t, err)
	}
}

func entry(id string, seq int64, size int, users ...int64) *wsgatewaypb.PushItem {
	return &wsgatewaypb.PushItem{UserIds: users, Event: &wsgatewaypb.PushItem_Entry{Entry: &logpb.Entry{
		ConversationId: id, Seq: seq, Content: []byte(strings.Repeat("x", size)),
	}}}
}

func (b *bench) push(item *wsgatewaypb.PushItem) *push.Where {
	b.t.Helper()
	ask := push.Ask{Users: map[int64]bool{}, Rooms: map[string]bool{}}
	for _, u := range item.GetUserIds() {
		ask.Users[u] = true
	}
	if item.GetRoom() != "" {
		ask.Rooms[item.GetRoom()] = true
	}
	where := b.Locate(context.Background(), ask, func(redis.Pipeliner) {})
	b.Push(where, item)
	return where
}

func eventually(t *testing.T, condition func() bool, what string) {
	t.Helper()
	require.Eventually(t, condition, 20*time.Second, 2*time.Millisecond, what)
}

func run(from, to int64) (seqs []int64) {
	for seq := from; seq <= to; seq++ {
		seqs = append(seqs, seq)
	}
	return seqs
}

func TestEachGatewayGetsWhatItsUsersAndRoomsMayNeed(t *testing.T) {
	t.Parallel()
	one, two, unsure := pushtest.Start(t, "one"), pushtest.Start(t, "two"), pushtest.Start(t, "unsure")
	b := newBench(t, one, two, unsure)
	b.announce("one", []model.UserID{1, 2}, "g:9")
	b.announce("two", []model.UserID{2})
	b.announce("dead", []model.UserID{1, 2}, "g:9")
	b.redis.Del(rediskey.Gateway("unsure"))
	for seq, item := range []*wsgatewaypb.PushItem{
		entry("x", 0, 1, 1), entry("x", 1, 1, 2), entry("x", 2, 1, 3),
		{Room: "g:9", Event: entry("x", 3, 1).GetEvent()},
		{Room: "g:8", UserIds: []int64{2}, Event: entry("x", 4, 1).GetEvent()},
	} {
		where := b.push(item)
		require.True(t, where.Known)
		require.Equal(t, seq != 2 && len(item.GetUserIds()) > 0, len(item.GetUserIds()) > 0 && where.Online(item.GetUserIds()[0]))
	}
	b.Flush()
	require.Equal(t, []int64{0, 1, 3, 4}, one.Seqs("x"))
	require.Equal(t, []int64{1, 4}, two.Seqs("x"))
	require.Equal(t, run(0, 4), unsure.Seqs("x"), "it has not announced all it holds")
}

func TestWhatFollowsAJoinGoesToTheJoinersGatewayToo(t *testing.T) {
	t.Parallel()
	one, two := pushtest.Start(t, "one"), pushtest.Start(t, "two")
	one.Silence(true)
	b := newBench(t, one, two)
	b.announce("one", []model.UserID{1})
	b.announce("two", []model.UserID{2}, "g:9")
	inRoom := func(seq int64, joins ...int64) *wsgatewaypb.PushItem {
		return &wsgatewaypb.PushItem{Room: "g:9", UserIds: joins, Event: entry("g:9", seq, 1).GetEvent()}
	}
	b.push(inRoom(1))
	where := b.push(inRoom(2, 1))
	b.Push(where, inRoom(3)) // of the same delivery
	b.push(inRoom(4))        // and the next one
	eventually(t, func() bool { return len(one.Items()) == 3 }, "the joiner's gateway has not announced the room yet")
	require.Equal(t, run(2, 4), one.Seqs("g:9"))

	one.Silence(false)
	b.push(entry("x", 1, 1, 1))
	b.Flush() // acknowledged: now Redis knows, and here it says that nobody is left
	b.push(inRoom(5))
	b.Flush()
	require.Equal(t, run(2, 4), one.Seqs("g:9"))
	require.Equal(t, run(1, 5), two.Seqs("g:9"))
}

func TestWithoutRedisEverybodyGetsEverything(t *testing.T) {
	t.Parallel()
	one, two := pushtest.Start(t, "one"), pushtest.Start(t, "two")
	b := newBench(t, one, two)
	b.announce("one", []model.UserID{1})
	b.redis.SetError("away")
	require.False(t, b.push(entry("x", 1, 1, 1)).Known)
	b.redis.SetError("")
	eventually(t, func() bool { return b.push(entry("y", 1, 1, 1)).Known }, "after a moment it is asked again")
	b.Flush()
	require.Equal(t, []int64{1}, one.Seqs("x"))
	require.Equal(t, []int64{1}, two.Seqs("x"))
}

func TestNoticesGoWhereTheirUsersAndRoomsAre(t *testing.T) {
	t.Parallel()
	one, two := pushtest.Start(t, "one"), pushtest.Start(t, "two")
	b := newBench(t, one, two)
	b.announce("one", []model.UserID{1})
	b.announce("two", []model.UserID{2}, "g:9")
	at := push.At{Conversation: "s:1:2", User: 1}
	b.Tell(context.Background(),
		push.Notice{Users: []model.UserID{1, 2}, Except: 5, Read: &push.Moved{At: at, Seq: 7}},
		push.Notice{Users: []model.UserID{2}, Delivered: &push.Moved{At: at, Seq: 8}},
		push.Notice{Users: []model.UserID{1}, Except: 6, State: &push.State{Conversation: "g:9", Version: 3, Draft: "d", Deleted: []int64{4}}},
		push.Notice{Room: "g:9", Typing: &push.At{Conversation: "g:9", User: 1}},
	)
	b.Flush()
	require.Len(t, one.Items(), 2)
	require.Len(t, two.Items(), 3)
	read := one.Items()[0].GetRead()
	require.EqualValues(t, 7, read.GetSeq())
	require.EqualValues(t, 5, read.GetExceptSessionId())
	state := one.Items()[1].GetConversation()
	require.Equal(t, "d", state.GetDraft())
	require.EqualValues(t, 3, state.GetVersion())
	require.EqualValues(t, 6, state.GetExceptSessionId())
	require.Equal(t, []int64{4}, state.GetDeletedSeqs())
	require.EqualValues(t, 7, two.Items()[0].GetRead().GetSeq())
	require.EqualValues(t, 8, two.Items()[1].GetDelivered().GetSeq())
	require.EqualValues(t, 1, two.Items()[2].GetTyping().GetUserId())
	require.Equal(t, "g:9", two.Items()[2].GetRoom())
}

func TestAGatewayThatDoesNotReadBlocksNobody(t *testing.T) {
	t.Parallel()
	hanging, well := pushtest.Start(t, "hanging"), pushtest.Start(t, "well")
	hanging.Hang(true)
	b := newBench(t, hanging, well)
	const n = 3000
	for seq := range int64(n) {
		b.push(entry("x", seq+1, 40<<10)) // both are unsure; more than the hanging one is allowed to hold
	}
	eventually(t, func() bool { return len(well.Seqs("x")) == n }, "the other one has all")
	began := time.Now()
	b.Flush()
	require.Less(t, time.Since(began), 5*time.Second, "a flush waits a moment only")
	hanging.Hang(false)
	eventually(t, func() bool {
		b.push(entry("y", 1, 1))
		return len(hanging.Seqs("y")) > 0
	}, "it gets new events when it reads again")
	got := hanging.Seqs("x")
	require.Equal(t, run(1, int64(len(got))), got, "what it was sent is in order")
	require.Less(t, len(got), n, "what it could not hold was dropped")
}

func TestWhatABrokenStreamCarriedComesAgainInOrder(t *testing.T) {
	t.Parallel()
	first := pushtest.Start(t, "one")
	first.Silence(true)
	b := newBench(t, first)
	for seq := range int64(50) {
		b.push(entry("x", seq+1, 1))
	}
	eventually(t, func() bool { return len(first.Seqs("x")) == 50 }, "it was sent")
	first.Stop()
	for seq := range int64(50) {
		b.push(entry("x", seq+51, 1))
	}
	second := pushtest.StartAt(t, "one", first.Addr)
	eventually(t, func() bool { return len(second.Seqs("x")) == 100 }, "nothing is lost")
	require.Equal(t, run(1, 100), second.Seqs("x"))
	b.Flush()
	require.Equal(t, 1, second.Streams())
}

func TestABatchThatAGatewayNeverTakesIsGivenUp(t *testing.T) {
	t.Parallel()
	g := pushtest.Start(t, "one")
	g.Refuse(true)
	b := newBench(t, g)
	b.push(entry("x", 1, 1))
	eventually(t, func() bool { return g.Streams() >= 4 }, "it is tried a few times")
	g.Refuse(false)
	b.push(entry("x", 2, 1))
	eventually(t, func() bool { return len(g.Seqs("x")) > 0 }, "the next one comes through")
}

func TestLargeEventsTravelInSeveralBatches(t *testing.T) {
	t.Parallel()
	g := pushtest.Start(t, "one")
	g.Hang(true)
	b := newBench(t, g)
	for seq := range int64(500) {
		b.push(entry("x", seq+1, 50<<10)) // 25 MB: more than one message of grpc carries
	}
	g.Hang(false)
	eventually(t, func() bool { return len(g.Seqs("x")) == 500 }, "all arrive")
	require.Equal(t, run(1, 500), g.Seqs("x"))
}

func TestAGatewayThatMovedIsReachedAtItsNewAddress(t *testing.T) {
	t.Parallel()
	old := pushtest.Start(t, "one")
	b := newBench(t, old)
	b.push(entry("x", 1, 1))
	eventually(t, func() bool { return len(old.Seqs("x")) == 1 }, "at the old one")
	moved := pushtest.Start(t, "one")
	b.living(moved)
	b.push(entry("x", 2, 1))
	eventually(t, func() bool { return len(moved.Seqs("x")) == 1 }, "at the new one")
	b.living()
	b.push(entry("x", 3, 1))
	b.Flush()
	require.Equal(t, []int64{1}, old.Seqs("x"))
	require.Equal(t, []int64{2}, moved.Seqs("x"))
}
