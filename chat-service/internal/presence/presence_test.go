package presence_test

import (
	"context"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	"im-backend/chat-service/internal/presence"
	"im-backend/chat-service/internal/store"
	"im-backend/chat-service/internal/storetest"
	"im-backend/common/model"
	"im-backend/common/proto/gen/userpb"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/rediskey"
	"im-backend/common/utils/routes"
)

// fakeUsers answers who shows when it was last seen; nil: user-service is away.
type fakeUsers struct {
	userpb.UserServiceClient
	shows map[int64]bool
}

func (f *fakeUsers) BatchGetUsers(_ context.Context, in *userpb.BatchGetUsersRequest, _ ...grpc.CallOption) (*userpb.BatchGetUsersResponse, error) {
	if f.shows == nil {
		return nil, errs.ErrUnavailable
	}
	out := &userpb.BatchGetUsersResponse{}
	for _, id := range in.GetUserIds() {
		out.Users = append(out.Users, &userpb.User{UserId: id, ShowLastSeen: f.shows[id]})
	}
	return out, nil
}

const me = model.UserID(5)

// world is the room on an embedded database and a Redis.
type world struct {
	*presence.Presence
	t     *testing.T
	store *store.Store
	redis *miniredis.Miniredis
	rdb   *redis.Client
	users *fakeUsers
}

func newWorld(t *testing.T) *world {
	t.Helper()
	st, _ := storetest.Open(t)
	w := &world{t: t, store: st, redis: miniredis.RunT(t), users: &fakeUsers{shows: map[int64]bool{}}}
	w.rdb = redis.NewClient(&redis.Options{Addr: w.redis.Addr(), MaxRetries: -1})
	t.Cleanup(func() { _ = w.rdb.Close() })
	reader := routes.NewReader(w.rdb)
	reader.SetLiving(routes.GatewayIDs([]string{"gw@127.0.0.1:1"}))
	w.Presence = presence.New(w.store, w.users, reader, w.rdb)
	return w
}

func (w *world) relate(other model.UserID, r store.Relation) {
	w.t.Helper()
	r.Version = time.Now().UnixNano()
	require.NoError(w.t, w.store.SetRelation(w.t.Context(), string(model.SingleID(me, other)), r, 1))
}

func (w *world) route(user model.UserID, connection, value string) {
	w.redis.HSet(rediskey.Route(user), connection, value)
}

func (w *world) list(ids ...model.UserID) []presence.Item {
	w.t.Helper()
	items, err := w.List(w.t.Context(), me, ids)
	require.NoError(w.t, err)
	return items
}

func ids(items []presence.Item) []model.UserID {
	out := []model.UserID{}
	for _, i := range items {
		out = append(out, i.User)
	}
	return out
}

func TestOnlyFriendsWhomNoBlockPartsAndOneselfAreSeen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.relate(9, store.Relation{Friends: true})
	w.relate(1, store.Relation{Friends: true})
	w.relate(2, store.Relation{Friends: true, BlockedByLow: true})
	w.relate(7, store.Relation{Friends: true, BlockedByHigh: true})
	w.relate(3, store.Relation{})
	require.Equal(t, []model.UserID{9, me, 1}, ids(w.list(9, 4, me, 2, 9, 3, 7, 1, me)), "in the order asked, each once")
	w.relate(9, store.Relation{})
	require.Empty(t, w.list(9))
	require.Empty(t, w.list())
}

func TestOnlyConnectionsOfLivingGatewaysCount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.users.shows[1] = true
	w.relate(1, store.Relation{Friends: true})
	w.route(1, "a", "dead|70|ios")
	require.NoError(t, w.redis.Set(rediskey.Seen(1), "1700000000000"))
	item := w.list(1)[0]
	require.False(t, item.Online())
	require.EqualValues(t, 1_700_000_000_000, item.LastSeenAt)
	w.route(1, "b", "gw|71|web")
	w.route(1, "c", "gw|72|web")
	w.route(1, "d", "gw|73|android")
	item = w.list(1)[0]
	require.Equal(t, []string{"android", "web"}, item.Platforms)
	require.Greater(t, item.LastSeenAt, int64(1_700_000_000_000), "who is online is seen now")
}

func TestWhenOneWasLastSeenIsForThoseWhomOneShowsIt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for id, shows := range map[model.UserID]bool{1: true, 2: false, me: false} {
		w.users.shows[int64(id)] = shows
		w.relate(id, store.Relation{Friends: true})
		require.NoError(t, w.redis.Set(rediskey.Seen(id), "3"))
	}
	w.route(2, "x", "gw|70|web")
	seen := func() (out []int64, hidden []bool) {
		for _, i := range w.list(1, 2, me) {
			out, hidden = append(out, i.LastSeenAt), append(hidden, i.LastSeenHidden)
		}
		return out, hidden
	}
	at, hidden := seen()
	require.Equal(t, []int64{3, 0, 3}, at, "one sees oneself")
	require.Equal(t, []bool{false, true, false}, hidden)
	w.users.shows = nil
	at, _ = seen()
	require.Equal(t, []int64{0, 0, 3}, at, "what may be private stays so without user-service")
	require.True(t, w.list(2)[0].Online(), "and presence goes on")
	w.redis.Del(rediskey.Seen(me))
	require.Zero(t, w.list(me)[0].LastSeenAt, "lost with Redis")
}

func TestWithoutRedisNobodyIsSaidToBeOffline(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.relate(1, store.Relation{Friends: true})
	w.redis.SetError("LOADING")
	_, err := w.List(t.Context(), me, []model.UserID{1})
	require.ErrorIs(t, err, errs.ErrUnavailable)
	w.redis.Close()
	_, err = w.List(t.Context(), me, []model.UserID{1})
	require.ErrorIs(t, err, errs.ErrUnavailable)
}

func TestOneQuestionHasAtMost500Users(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	_, err := w.List(t.Context(), me, make([]model.UserID, 501))
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
	asked := make([]model.UserID, 500)
	for i := range asked {
		asked[i] = model.UserID(i + 1000)
		w.users.shows[int64(asked[i])] = true
	}
	w.relate(1499, store.Relation{Friends: true})
	w.relate(1000, store.Relation{Friends: true})
	require.Equal(t, []model.UserID{1000, 1499}, ids(w.list(asked...)))
}

func TestGatewaysAreToldOfTwoWhoAreParted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	sub := w.rdb.Subscribe(t.Context(), rediskey.PresenceChannel)
	t.Cleanup(func() { _ = sub.Close() })
	_, err := sub.Receive(t.Context())
	require.NoError(t, err)
	w.Part(t.Context(), 1, 2)
	told, err := sub.ReceiveMessage(t.Context())
	require.NoError(t, err)
	require.Equal(t, routes.Notice{Users: []model.UserID{1, 2}, Parted: true}, routes.ParseNotice(told.Payload))
	w.redis.SetError("LOADING")
	w.Part(t.Context(), 1, 2) // fails no block
}
