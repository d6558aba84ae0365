package friendship_test

import (
	"context"
	"encoding/json"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/stretchr/testify/require"

	"im-backend/common/model"
	"im-backend/common/utils/dbx"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/idgen"
	"im-backend/common/utils/outbox"
	"im-backend/common/utils/outbox/outboxtest"
	"im-backend/common/utils/redisx"
	"im-backend/common/utils/versioned"
	"im-backend/deploy/mysql/mysqltest"
	"im-backend/friend-service/internal/friendship"
	"im-backend/friend-service/internal/store"
)

// stranger is the first id that nobody has.
const stranger model.UserID = 1 << 50

// users are all ids below stranger; those in shy take no requests, those in gone have deleted their accounts.
type users struct{ shy, gone sync.Map }

func (u *users) TakesRequests(_ context.Context, id model.UserID) (bool, error) {
	if !u.exists(id) {
		return false, errs.ErrUserNotFound
	}
	_, shy := u.shy.Load(id)
	return !shy, nil
}

// set makes a user take no requests, or take them again.
func (u *users) set(id model.UserID, shy bool) {
	if shy {
		u.shy.Store(id, true)
	} else {
		u.shy.Delete(id)
	}
}

func (u *users) exists(id model.UserID) bool {
	_, gone := u.gone.Load(id)
	return id < stranger && !gone
}

func (u *users) Missing(_ context.Context, ids ...model.UserID) ([]model.UserID, error) {
	var missing []model.UserID
	for _, id := range ids {
		if !u.exists(id) {
			missing = append(missing, id)
		}
	}
	return missing, nil
}

// world is the room on real stores, with a chat-service in memory. The relay sends only what commands flush.
type world struct {
	*friendship.Friendships
	chat  *outboxtest.Chat
	relay *outbox.Relay
	db    *dbx.DB
	redis *miniredis.Miniredis
	clock *atomic.Int64 // unix milliseconds, one more at every look
	users *users
}

// few are limits that a test reaches at once.
var few = friendship.Config{RequestLifetime: time.Hour, MaxFriends: 2, MaxPending: 2, MaxTags: 2, MaxBlocks: 2}

func newWorld(t *testing.T) *world {
	t.Helper()
	return newWorldWith(t, friendship.Config{RequestLifetime: time.Hour, MaxFriends: 100, MaxPending: 100, MaxTags: 20, MaxBlocks: 100})
}

func newWorldWith(t *testing.T, c friendship.Config) *world {
	t.Helper()
	db := mysqltest.Open(t, "im_friend")
	require.NoError(t, store.Prepare(t.Context(), db))
	w := &world{chat: outboxtest.NewChat(), db: db, redis: miniredis.RunT(t), clock: &atomic.Int64{}, users: &users{}}
	w.clock.Store(1_700_000_000_000)
	w.relay = outbox.New("friend", db, w.chat, outbox.Config{Workers: 2, Sweep: 10 * time.Millisecond, SendTimeout: time.Second})
	w.Friendships = w.instance(t, c)
	return w
}

// instance makes one more instance of the room on the same stores.
func (w *world) instance(t *testing.T, c friendship.Config) *friendship.Friendships {
	t.Helper()
	client := redisx.Open(redisx.Config{Addr: w.redis.Addr(), PoolSize: 4})
	t.Cleanup(func() { _ = client.Close() })
	return friendship.New(c, store.New(w.db), w.users, w.relay, idgen.New(1), versioned.New(client, time.Minute),
		func() time.Time { return time.UnixMilli(w.clock.Add(1)) })
}

func down(string) error { return errs.ErrUnavailable }

// befriend makes two users friends by a request and its acceptance.
func (w *world) befriend(t *testing.T, a, b model.UserID) store.Request {
	t.Helper()
	r, err := w.Ask(t.Context(), a, b, "")
	require.NoError(t, err)
	r, err = w.Accept(t.Context(), b, r.ID, "")
	require.NoError(t, err)
	return r
}

// friends are the ids of a user's list.
func (w *world) friends(t *testing.T, user model.UserID) []model.UserID {
	t.Helper()
	list, err := w.List(t.Context(), friendship.FriendList{User: user})
	require.NoError(t, err)
	ids := []model.UserID{}
	for _, f := range list.Friends {
		ids = append(ids, f.User)
	}
	return ids
}

// events are the entries of a conversation as JSON objects.
func (w *world) events(t *testing.T, conversation model.ConversationID) []map[string]any {
	t.Helper()
	events := []map[string]any{}
	for _, content := range w.chat.Contents(string(conversation)) {
		var event map[string]any
		require.NoError(t, json.Unmarshal([]byte(content), &event))
		events = append(events, event)
	}
	return events
}
