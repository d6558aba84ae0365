package app

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/utils/rediskey"
	"im-backend/common/utils/redisx"
	"im-backend/common/utils/routes"
)

// shown is a presence as a client reads it.
type shown struct {
	UserID     string   `json:"userId"`
	Online     bool     `json:"online"`
	Platforms  []string `json:"platforms"`
	LastSeenAt *int64   `json:"lastSeenAt"`
}

func (s shown) String() string {
	seen := ""
	if s.LastSeenAt != nil {
		seen = " seen"
	}
	return s.UserID + " " + strings.Join(s.Platforms, "+") + seen
}

// befriend lets a user see others; hidden says who of them does not show when it was last seen.
func (w *world) befriend(user int64, others []int64, hidden ...int64) {
	w.log.set(func(l *database) {
		l.friends[user] = nil
		for _, id := range others {
			l.friends[user] = append(l.friends[user], &chatpb.Presence{UserId: id})
		}
		for _, p := range l.friends[user] {
			for _, id := range hidden {
				p.LastSeenHidden = p.GetLastSeenHidden() || p.GetUserId() == id
			}
		}
	})
}

// subscribe follows users and answers their states.
func (c *client) subscribe(users ...string) []string {
	c.t.Helper()
	ids, err := json.Marshal(append([]string{}, users...))
	require.NoError(c.t, err)
	c.send(`{"id":"sub","type":"presence.subscribe","data":{"userIds":` + string(ids) + `}}`)
	for {
		r := c.next()
		if r.ID == nil || *r.ID != "sub" {
			continue
		}
		require.Equal(c.t, "ok", r.Type)
		var data struct{ Items []shown }
		require.NoError(c.t, json.Unmarshal(r.Data, &data))
		items := []string{}
		for _, s := range data.Items {
			require.Equal(c.t, s.Online, len(s.Platforms) > 0)
			items = append(items, s.String())
		}
		return items
	}
}

// presence waits for the next event of somebody's presence.
func (c *client) presence() string {
	c.t.Helper()
	for {
		if r := c.next(); r.Type == "presence" {
			return c.readPresence(r)
		}
	}
}

func (c *client) readPresence(r reply) string {
	c.t.Helper()
	var s shown
	require.NoError(c.t, json.Unmarshal(r.Data, &s))
	require.Equal(c.t, s.Online, len(s.Platforms) > 0)
	return s.String()
}

// elsewhere is what another gateway announces.
func (w *world) elsewhere(gateway string, user int64, connection, platform string) {
	w.redis.HSet(rediskey.Route(model.UserID(user)), connection, gateway+"|9|"+platform)
	w.notice(routes.Notice{Users: []model.UserID{model.UserID(user)}})
}

func (w *world) gone(user int64, connection string) {
	w.redis.HDel(rediskey.Route(model.UserID(user)), connection)
	require.NoError(w.t, w.redis.Set(rediskey.Seen(model.UserID(user)), "1700000000000"))
	w.notice(routes.Notice{Users: []model.UserID{model.UserID(user)}})
}

func (w *world) notice(n routes.Notice) { w.redis.Publish(rediskey.PresenceChannel, n.String()) }

// live lets other gateways live, besides this one.
func (w *world) live(ids ...string) {
	var values []string
	for _, id := range ids {
		require.NoError(w.t, w.redis.Set(rediskey.Gateway(id), "1"))
		values = append(values, id+"@127.0.0.1:1")
	}
	w.svc.Watch.SetGateways(values)
}

func TestAFollowerIsToldWhenSomebodyComesAndGoes(t *testing.T) {
	t.Parallel()
	for _, d := range dialects {
		t.Run(d.String(), func(t *testing.T) {
			t.Parallel()
			w := newWorldIn(t, d, nil)
			w.befriend(1, []int64{1, 2, 3}, 3)
			a := w.connect("1", "10")
			require.Equal(t, []string{"2 ", "3 ", "1 web seen"}, a.subscribe("2", "4", "3", "1"), "4 is no friend")
			b := w.connect("2", "20")
			require.Equal(t, "2 web seen", a.presence())
			c := w.connect("3", "30")
			require.Equal(t, "3 web", a.presence())
			_ = b.ws.Close()
			require.Equal(t, "2  seen", a.presence())
			_ = c.ws.Close()
			require.Equal(t, "3 ", a.presence(), "hidden")
			require.Equal(t, []string{"3 "}, a.subscribe("3"), "instead of those before")
			w.connect("2", "21")
			w.connect("3", "31")
			require.Equal(t, "3 web", a.presence(), "nothing of 2 any more")
			require.Empty(t, a.subscribe())
		})
	}
}

func TestOnlineUntilTheLastDeviceGoesOnAnyGateway(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, nil)
	w.live("other")
	w.befriend(1, []int64{2})
	a := w.connect("1", "10")
	require.Equal(t, []string{"2 "}, a.subscribe("2"))
	w.elsewhere("other", 2, "x", "ios")
	require.Equal(t, "2 ios seen", a.presence())
	b := w.connect("2", "20")
	require.Equal(t, "2 ios+web seen", a.presence())
	w.elsewhere("other", 2, "y", "ios")
	w.gone(2, "x")
	require.Equal(t, []string{"2 ios+web seen"}, w.connect("1", "11").subscribeAs(w, 1, 2), "each platform once")
	w.gone(2, "y")
	require.Equal(t, "2 web seen", a.presence(), "and no event while platforms stayed as they were")
	_ = b.ws.Close()
	require.Equal(t, "2  seen", a.presence())
}

// subscribeAs is subscribe for a user with one friend.
func (c *client) subscribeAs(w *world, user, friend int64) []string {
	c.t.Helper()
	w.befriend(user, []int64{friend})
	return c.subscribe(fmt.Sprint(friend))
}

func TestUsersOfADeadGatewayAreOffline(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, nil)
	w.befriend(1, []int64{2, 3})
	w.redis.HSet(rediskey.Route(2), "x", "other|9|ios")
	a := w.connect("1", "10")
	require.Equal(t, []string{"2 ", "3 "}, a.subscribe("2", "3"), "nothing is known to live there")
	w.live("other")
	require.Equal(t, "2 ios seen", a.presence(), "it has come")
	w.live()
	require.Equal(t, "2 ", a.presence(), "it has gone; when 2 was seen was never written")
}

func TestAFlushOfRedisMakesNobodyOffline(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) { c.Announce.Check = 20 * time.Millisecond })
	w.live("other")
	w.befriend(1, []int64{2, 3, 4})
	w.elsewhere("other", 2, "x", "ios")
	w.gone(4, "none")
	w.connect("3", "30")
	a := w.connect("1", "10")
	require.Equal(t, []string{"2 ios seen", "3 web seen", "4  seen"}, a.subscribe("2", "3", "4"))
	w.redis.FlushAll()
	eventually(t, "this gateway announces anew", func() bool { return len(w.redisHash(rediskey.Route(3))) == 1 })
	w.connect("1", "11").subscribe("2", "3") // everything has been read since
	require.NotContains(t, types(a.fence()), "presence", "the other gateway has not announced yet, and says when it has")

	w.redis.HSet(rediskey.Route(2), "x", "other|9|ios", "y", "other|9|android")
	require.NoError(t, w.redis.Set(rediskey.Gateway("other"), "1"))
	w.notice(routes.Notice{All: true})
	require.Equal(t, "2 android+ios seen", a.presence())
	w.gone(2, "x")
	w.gone(2, "y")
	for got := ""; got != "2  seen"; {
		got = a.presence()
	}
}

func (w *world) redisHash(key string) []string {
	keys, _ := w.redis.HKeys(key) // none when there is no such key
	return keys
}

func types(frames []reply) []string {
	out := []string{}
	for _, f := range frames {
		out = append(out, f.Type)
	}
	return out
}

func TestNoticesThatWereMissedAreMadeUpFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, nil)
	w.live("other")
	w.befriend(1, []int64{2})
	a := w.connect("1", "10")
	require.Equal(t, []string{"2 "}, a.subscribe("2"))
	w.redis.Close() // and its subscribers with it
	w.redis.HSet(rediskey.Route(2), "x", "other|9|ios")
	require.NoError(t, w.redis.Restart())
	require.Equal(t, "2 ios seen", a.presence())
}

func TestWhoIsPartedIsToldNothingMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, nil)
	w.live("other")
	w.befriend(1, []int64{2, 3})
	w.befriend(2, []int64{1})
	a, b := w.connect("1", "10"), w.connect("2", "20")
	a.subscribe("2", "3")
	b.subscribe("1")
	w.notice(routes.Notice{Users: []model.UserID{2, 1}, Parted: true})
	w.elsewhere("other", 2, "x", "ios")
	w.elsewhere("other", 1, "x", "ios")
	w.elsewhere("other", 3, "x", "ios")
	require.Equal(t, "3 ios seen", a.presence())
	w.befriend(2, []int64{1, 3})
	require.Equal(t, []string{"3 ios seen"}, b.subscribe("3"))
	require.NotContains(t, types(b.fence()), "presence")
}

func TestOfSeveralSubscriptionsTheLastCounts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, nil)
	w.live("other")
	w.befriend(1, []int64{2, 3})
	release := make(chan struct{})
	w.log.set(func(l *database) { l.slow[2] = release })
	a := w.connect("1", "10")
	a.send(`{"id":"first","type":"presence.subscribe","data":{"userIds":["2"]}}`)
	require.Equal(t, []string{"3 "}, a.subscribe("3"))
	close(release)
	r := a.next()
	require.Equal(t, "first", *r.ID)
	require.Equal(t, "ok", r.Type)
	w.elsewhere("other", 2, "x", "ios")
	w.elsewhere("other", 3, "x", "ios")
	require.Equal(t, "3 ios seen", a.presence())
}

func TestNothingIsKeptOfAConnectionThatEnded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, nil)
	w.befriend(1, []int64{2})
	a := w.connect("1", "10")
	a.subscribe("2")
	subjects, followers := w.svc.Watch.Size()
	require.Equal(t, []int{1, 1}, []int{subjects, followers})
	_ = a.ws.Close()
	eventually(t, "it is forgotten", func() bool {
		subjects, followers = w.svc.Watch.Size()
		return subjects+followers == 0
	})
}

func TestPresenceIsUnknownAndNotOfflineWithoutRedisOrChat(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) { c.Requests.CallTimeout = 200 * time.Millisecond })
	w.befriend(1, []int64{2})
	a := w.connect("1", "10")
	failed := func() {
		t.Helper()
		a.send(`{"id":"sub","type":"presence.subscribe","data":{"userIds":["2"]}}`)
		r := a.next()
		require.NotNil(t, r.Error)
		require.Equal(t, "UNAVAILABLE", r.Error.Reason)
		require.True(t, r.Error.Retryable)
	}
	w.redis.SetError("LOADING")
	failed()
	w.redis.SetError("")
	w.log.set(func(l *database) { l.away = true })
	failed()
	w.log.set(func(l *database) { l.away = false })
	eventually(t, "it is known again", func() bool {
		a.send(`{"id":"sub","type":"presence.subscribe","data":{"userIds":["2"]}}`)
		return a.next().Type == "ok"
	})
	require.Equal(t, []string{"2 "}, a.subscribe("2"))
}

func TestTheOthersAreToldOfEveryChangeAndOfEveryNewAnnouncement(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) { c.Announce.Check = 20 * time.Millisecond })
	client := redisx.Open(redisx.Config{Addr: w.redis.Addr(), PoolSize: 1})
	t.Cleanup(func() { _ = client.Close() })
	sub := client.Subscribe(t.Context(), rediskey.PresenceChannel)
	t.Cleanup(func() { _ = sub.Close() })
	_, err := sub.Receive(t.Context())
	require.NoError(t, err)
	told := func(want routes.Notice) {
		t.Helper()
		for got := ""; got != want.String(); {
			m, err := sub.ReceiveTimeout(t.Context(), 10*time.Second)
			require.NoError(t, err, "nobody is told %v", want)
			if m, ok := m.(*redis.Message); ok {
				got = m.Payload
			}
		}
	}
	one := routes.Notice{Users: []model.UserID{1}}
	a := w.connect("1", "10")
	told(one)
	require.Len(t, w.redisHash(rediskey.Route(1)), 1, "what is told is written")
	w.redis.FlushAll()
	told(routes.Notice{All: true})
	require.Len(t, w.redisHash(rediskey.Route(1)), 1)
	require.True(t, w.redis.Exists(rediskey.Seen(1)))
	_ = a.ws.Close()
	told(one)
	require.Empty(t, w.redisHash(rediskey.Route(1)))
}
