package membership_test

import (
	"context"
	"encoding/json"
	"errors"
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
	"im-backend/group-service/internal/membership"
	"im-backend/group-service/internal/store"
)

// stranger is the first id that nobody has.
const stranger model.UserID = 1 << 50

// users are all ids below stranger; each is called by its id.
type users struct{}

func (users) Names(_ context.Context, ids ...model.UserID) (map[model.UserID]string, error) {
	names := map[model.UserID]string{}
	for _, id := range ids {
		if id < stranger {
			names[id] = "User " + id.String()
		}
	}
	return names, nil
}

// blocks is who blocks whom.
type blocks struct {
	mu  sync.Mutex
	by  map[[2]model.UserID]bool // {who blocks, who is blocked}
	err error
}

func (b *blocks) set(by, blocked model.UserID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.by[[2]model.UserID{by, blocked}] = true
}

func (b *blocks) fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.err = err
}

func (b *blocks) Blockers(_ context.Context, user model.UserID, others ...model.UserID) (map[model.UserID]bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	found := map[model.UserID]bool{}
	for _, other := range others {
		if b.by[[2]model.UserID{other, user}] {
			found[other] = true
		}
	}
	return found, b.err
}

// world is the room on real stores, with a chat-service in memory. The relay sends only what commands flush.
type world struct {
	*membership.Groups
	chat  *outboxtest.Chat
	relay *outbox.Relay
	db    *dbx.DB
	redis *miniredis.Miniredis
	clock *atomic.Int64 // unix milliseconds, one more at every look

	blocks *blocks
}

func newWorld(t *testing.T, c membership.Config) *world {
	t.Helper()
	db := mysqltest.Open(t, "im_group")
	require.NoError(t, store.Prepare(t.Context(), db))
	w := &world{chat: outboxtest.NewChat(), db: db, redis: miniredis.RunT(t), clock: &atomic.Int64{}}
	w.blocks = &blocks{by: map[[2]model.UserID]bool{}}
	w.clock.Store(1_700_000_000_000)
	client := redisx.Open(redisx.Config{Addr: w.redis.Addr(), PoolSize: 4})
	t.Cleanup(func() { _ = client.Close() })
	w.relay = outbox.New("group", db, w.chat, outbox.Config{Workers: 2, Sweep: 10 * time.Millisecond, SendTimeout: time.Second})
	w.Groups = membership.New(c, store.New(db), users{}, w.blocks, w.relay, idgen.New(1), versioned.New(client, time.Minute),
		func() time.Time { return time.UnixMilli(w.clock.Add(1)) })
	return w
}

// limits are wide enough for every test that is not about them.
var limits = membership.Config{
	MaxMembers: 5000, MaxGroupsPerUser: 1 << 30, MaxAdmins: 1 << 30, MaxInvites: 100, MaxBans: 1 << 30, MaxRequests: 1 << 30,
	CreatesPerMinute: 1 << 30, CreatesPerDay: 1 << 30, AddsPerMinute: 1 << 30, AddsPerDay: 1 << 30, JoinsPerMinute: 1 << 30,
	JoinsPerDay: 1 << 30, InvitesPerMinute: 1 << 30, InvitesPerDay: 1 << 30,
}

// but is the limits with one that a test is about.
func but(change func(c *membership.Config)) membership.Config {
	c := limits
	change(&c)
	return c
}

func down(string) error { return errs.ErrUnavailable }

// expect reports an error that a command among racing ones must not answer. On a machine with too much to do some are not
// answered in time, which says nothing about what they did.
func expect(t *testing.T, err error, allowed ...error) {
	t.Helper()
	if err == nil || errs.From(err).Kind == errs.Unavailable || errs.From(err).Kind == errs.Timeout {
		return
	}
	for _, one := range allowed {
		if errors.Is(err, one) {
			return
		}
	}
	t.Error(err)
}

// create makes a group of user 1 and others.
func (w *world) create(t *testing.T, policy string, others ...model.UserID) model.GroupID {
	t.Helper()
	g, err := w.Create(t.Context(), membership.Draft{Owner: 1, Name: "group", Members: others, JoinPolicy: policy})
	require.NoError(t, err)
	return g.ID
}

// promote gives a member a role behind the room's back: neither the log nor the version tells it.
func (w *world) promote(t *testing.T, id model.GroupID, user model.UserID, role store.Role) {
	t.Helper()
	require.NoError(t, w.db.Table("group_members").Where("group_id = ? AND user_id = ?", id, user).Update("role", int8(role)).Error)
}

// events are the entries of a group's log as JSON objects.
func (w *world) events(t *testing.T, id model.GroupID) []map[string]any {
	t.Helper()
	events := []map[string]any{}
	for _, content := range w.chat.Contents(string(model.GroupConversationID(id))) {
		var event map[string]any
		require.NoError(t, json.Unmarshal([]byte(content), &event))
		events = append(events, event)
	}
	return events
}

// members are the users of a group's list, as one of them sees it.
func (w *world) members(t *testing.T, id model.GroupID, as model.UserID) []model.UserID {
	t.Helper()
	page, err := w.Members(t.Context(), membership.MemberList{Group: id, User: as})
	require.NoError(t, err)
	ids := []model.UserID{}
	for _, m := range page.Members {
		ids = append(ids, m.User)
	}
	return ids
}
