package session_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/auth-service/internal/session"
	"im-backend/auth-service/internal/token"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/proxytest"
	"im-backend/common/utils/rediskey"
	"im-backend/common/utils/redisx"
)

func TestANewSessionIsAdmittedByEveryInstance(t *testing.T) {
	t.Parallel()
	w := newWorld(t, defaults())
	s, tokens := w.login(t, alice, "ios", "phone")
	now := w.clock.now().UnixMilli()
	require.Equal(t, session.Session{
		ID: s.ID, User: alice, Device: session.Device{ID: "phone", Platform: "ios", Name: "phone"}, IP: "192.0.2.1",
		CreatedAt: now, LastSeenAt: now,
	}, s)
	require.Equal(t, now+w.config.RefreshLifetime.Milliseconds(), tokens.RefreshExpiresAt)
	require.InDelta(t, now+15*60*1000, tokens.AccessExpiresAt, 1000)
	for _, instance := range []*session.Sessions{w.Sessions, w.instance(2)} {
		id, err := instance.Authenticate(t.Context(), tokens.Access, "192.0.2.1")
		require.NoError(t, err)
		require.Equal(t, token.Identity{User: alice, Session: s.ID, DeviceID: "phone", Platform: "ios"}, id)
	}
	require.Empty(t, w.gateways.take(), "nobody was ended")
}

func TestAnExpiredTokenIsToldFromAWrongOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t, defaults())
	_, tokens := w.login(t, alice, "ios", "phone")
	w.clock.advance(15 * time.Minute)
	_, err := w.Authenticate(t.Context(), tokens.Access, "")
	require.ErrorIs(t, err, errs.ErrTokenExpired)
	for _, wrong := range []string{"", "x", tokens.Refresh, tokens.Access + "x"} {
		_, err = w.Authenticate(t.Context(), wrong, "")
		require.ErrorIs(t, err, errs.ErrUnauthenticated)
	}
}

func TestCreateNamesEveryBadFieldAtOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, defaults())
	for name, c := range map[string]struct {
		device session.Device
		want   []string
	}{
		"nothing":        {session.Device{}, []string{"device.deviceId", "device.platform"}},
		"all":            {session.Device{ID: "a\x00", Platform: "IOS", Name: strings.Repeat("ä", 65)}, []string{"device.deviceId", "device.platform", "device.name"}},
		"device long":    {session.Device{ID: strings.Repeat("x", 129), Platform: "web"}, []string{"device.deviceId"}},
		"device blank":   {session.Device{ID: "   ", Platform: "web"}, []string{"device.deviceId"}},
		"device hidden":  {session.Device{ID: "a\u202eb", Platform: "web"}, []string{"device.deviceId"}},
		"name of lines":  {session.Device{ID: "x", Platform: "web", Name: "a\nb"}, []string{"device.name"}},
		"platform blank": {session.Device{ID: "x", Platform: " web"}, []string{"device.platform"}},
	} {
		_, _, err := w.Create(t.Context(), session.Login{User: alice, Device: c.device})
		require.ErrorIs(t, err, errs.ErrInvalidArgument, name)
		var got []string
		for _, f := range errs.From(err).Fields {
			got = append(got, f.Field)
		}
		require.Equal(t, c.want, got, name)
	}
	for _, d := range []session.Device{
		{ID: strings.Repeat("é", 128), Platform: "other", Name: strings.Repeat("名", 64)}, {ID: "x", Platform: "linux"},
	} {
		_, _, err := w.Create(t.Context(), session.Login{User: alice, Device: d, IP: strings.Repeat("9", 1000)})
		require.NoError(t, err)
	}
	_, _, err := w.Create(t.Context(), session.Login{Device: session.Device{ID: "x", Platform: "web"}})
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
}

func TestSessionsAreListedTheNewestFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t, defaults())
	w.login(t, alice, "ios", "phone")
	w.login(t, alice, "web", "browser")
	s, _ := w.login(t, alice, "linux", "laptop")
	w.login(t, bob, "ios", "bob's")
	require.Equal(t, []string{"laptop", "browser", "phone"}, w.devices(t, alice))
	require.Equal(t, []string{"bob's"}, w.devices(t, bob))
	require.Empty(t, w.devices(t, 404))
	list, err := w.List(t.Context(), alice)
	require.NoError(t, err)
	require.Equal(t, s, list[0], "all of it is kept")
}

func TestASessionNotesThatItWasSeenAtMostOnceAMinute(t *testing.T) {
	t.Parallel()
	w := newWorld(t, defaults())
	s, tokens := w.login(t, alice, "ios", "phone")
	seen := func(ip string) (int64, string) {
		_, err := w.Authenticate(t.Context(), tokens.Access, ip)
		require.NoError(t, err)
		list, err := w.List(t.Context(), alice)
		require.NoError(t, err)
		return list[0].LastSeenAt - s.CreatedAt, list[0].IP
	}
	w.clock.advance(59 * time.Second)
	after, ip := seen("192.0.2.2")
	require.Zero(t, after)
	require.Equal(t, "192.0.2.1", ip)
	w.clock.advance(time.Second)
	after, ip = seen("192.0.2.2")
	require.EqualValues(t, 60_000, after)
	require.Equal(t, "192.0.2.2", ip)
	w.clock.advance(time.Minute)
	_, ip = seen("")
	require.Equal(t, "192.0.2.2", ip, "an unknown address does not hide a known one")
}

func TestADeviceThatOnlyKeepsAConnectionIsSeen(t *testing.T) {
	t.Parallel()
	w := newWorld(t, defaults())
	s, tokens := w.login(t, alice, "ios", "phone")
	ended, _ := w.login(t, alice, "web", "browser")
	require.NoError(t, w.Revoke(t.Context(), alice, ended.ID))
	id, err := w.Authenticate(t.Context(), tokens.Access, "")
	require.NoError(t, err)
	gone := token.Identity{User: alice, Session: ended.ID, DeviceID: "browser"}
	for _, step := range []struct{ passes, seen time.Duration }{{5 * time.Minute, 5 * time.Minute}, {59 * time.Second, 5 * time.Minute}} {
		w.clock.advance(step.passes)
		require.NoError(t, w.client.ScriptFlush(t.Context()).Err())
		alive, err := w.Check(t.Context(), []token.Identity{gone, id})
		require.NoError(t, err)
		require.Equal(t, []int64{s.ID}, alive)
		list, err := w.List(t.Context(), alice)
		require.NoError(t, err)
		require.Len(t, list, 1, "what has ended is not made again")
		require.InDelta(t, s.LastSeenAt+step.seen.Milliseconds(), list[0].LastSeenAt, 1_000)
		require.Equal(t, "192.0.2.1", list[0].IP)
	}
}

func TestARevokedSessionIsRefusedAndItsConnectionsAreTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t, defaults())
	s, tokens := w.login(t, alice, "ios", "phone")
	_, other := w.login(t, alice, "web", "browser")
	require.ErrorIs(t, w.Revoke(t.Context(), bob, s.ID), errs.ErrNotFound, "it is not bob's")
	require.True(t, w.alive(t, tokens))
	require.NoError(t, w.Revoke(t.Context(), alice, s.ID))
	require.Equal(t, []told{{alice, []int64{s.ID}, session.Revoked}}, w.gateways.take())
	require.False(t, w.alive(t, tokens))
	require.True(t, w.alive(t, other))
	_, err := w.Refresh(t.Context(), tokens.Refresh, "")
	require.ErrorIs(t, err, errs.ErrSessionRevoked)
	require.ErrorIs(t, w.Revoke(t.Context(), alice, s.ID), errs.ErrNotFound)
	require.Empty(t, w.gateways.take())
	require.Equal(t, []string{"browser"}, w.devices(t, alice))
}

func TestRevokingTheOthersKeepsOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t, defaults())
	a, _ := w.login(t, alice, "ios", "phone")
	kept, tokens := w.login(t, alice, "web", "browser")
	b, _ := w.login(t, alice, "web", "another")
	_, bobs := w.login(t, bob, "web", "browser")
	require.NoError(t, w.RevokeOthers(t.Context(), alice, kept.ID, 0))
	calls := w.gateways.take()
	require.Len(t, calls, 1)
	require.ElementsMatch(t, []int64{a.ID, b.ID}, calls[0].sessions)
	require.Equal(t, session.Revoked, calls[0].reason)
	require.Equal(t, []string{"browser"}, w.devices(t, alice))
	require.True(t, w.alive(t, tokens))
	require.NoError(t, w.RevokeOthers(t.Context(), alice, kept.ID, 0))
	require.Empty(t, w.gateways.take(), "nobody was left to tell of")
	require.NoError(t, w.RevokeOthers(t.Context(), alice, 0, 0))
	require.False(t, w.alive(t, tokens))
	require.True(t, w.alive(t, bobs))
}

func TestCheckAnswersWhichSessionsAreAlive(t *testing.T) {
	t.Parallel()
	w := newWorld(t, defaults())
	var asked []token.Identity
	var want []int64
	for i := range 1203 { // more than one pipeline
		asked = append(asked, token.Identity{User: alice, Session: int64(i + 1), DeviceID: "x", Platform: "ios"})
	}
	for i := range 3 {
		s, _ := w.login(t, bob, "web", fmt.Sprint("browser", i))
		asked, want = append(asked, token.Identity{User: bob, Session: s.ID, DeviceID: s.Device.ID}), append(want, s.ID)
	}
	require.NoError(t, w.Revoke(t.Context(), bob, want[0]))
	alive, err := w.Check(t.Context(), asked)
	require.NoError(t, err)
	require.Equal(t, want[1:], alive)
	alive, err = w.Check(t.Context(), nil)
	require.NoError(t, err)
	require.Empty(t, alive)
}

func TestASessionThatIsNotRefreshedEnds(t *testing.T) {
	t.Parallel()
	w := newWorld(t, defaults())
	_, tokens := w.login(t, alice, "ios", "phone")
	w.clock.advance(w.config.RefreshLifetime - time.Hour)
	tokens, err := w.Refresh(t.Context(), tokens.Refresh, "")
	require.NoError(t, err)
	w.clock.advance(w.config.RefreshLifetime - time.Hour)
	require.Equal(t, []string{"phone"}, w.devices(t, alice), "a refresh gave it a new life")
	w.clock.advance(time.Hour + time.Second)
	_, err = w.Refresh(t.Context(), tokens.Refresh, "")
	require.ErrorIs(t, err, errs.ErrSessionRevoked)
	require.Empty(t, w.devices(t, alice))
	require.False(t, w.redis.Exists(rediskey.Sessions(alice)), "nothing is left behind")
}

func TestARedisThatHangsHoldsNobodyUpForLongAndAdmitsNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t, defaults())
	s, tokens := w.login(t, alice, "ios", "phone")
	proxy := proxytest.Start(t, w.redis.Addr())
	client := redisx.Open(redisx.Config{Addr: proxy.Addr(), PoolSize: 4})
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	w.client = client
	hanging := w.instance(2)
	_, err := hanging.Authenticate(t.Context(), tokens.Access, "")
	require.NoError(t, err)
	proxy.Freeze(true)
	for name, call := range map[string]func() error{
		"authenticate": func() error { _, err := hanging.Authenticate(t.Context(), tokens.Access, ""); return err },
		"refresh":      func() error { _, err := hanging.Refresh(t.Context(), tokens.Refresh, ""); return err },
		"create": func() error {
			_, _, err := hanging.Create(t.Context(), session.Login{User: alice, Device: s.Device})
			return err
		},
		"revoke": func() error { return hanging.Revoke(t.Context(), alice, s.ID) },
	} {
		require.ErrorIs(t, call(), errs.ErrUnavailable, name)
	}
	proxy.Cut() // what hung is gone, new connections pass
	proxy.Freeze(false)
	require.Eventually(t, func() bool {
		_, err := hanging.Authenticate(t.Context(), tokens.Access, "")
		return err == nil
	}, time.Minute, 10*time.Millisecond)
}

func TestWithoutRedisNobodyIsAdmitted(t *testing.T) {
	t.Parallel()
	w := newWorld(t, defaults())
	s, tokens := w.login(t, alice, "ios", "phone")
	id := token.Identity{User: alice, Session: s.ID, DeviceID: "phone", Platform: "ios"}
	ticket, _, err := w.CreateTicket(t.Context(), id)
	require.NoError(t, err)
	w.redis.SetError("LOADING away")
	for name, call := range map[string]func() error{
		"create": func() error {
			_, _, err := w.Create(t.Context(), session.Login{User: alice, Device: s.Device})
			return err
		},
		"authenticate": func() error { _, err := w.Authenticate(t.Context(), tokens.Access, ""); return err },
		"refresh":      func() error { _, err := w.Refresh(t.Context(), tokens.Refresh, ""); return err },
		"revoke":       func() error { return w.Revoke(t.Context(), alice, s.ID) },
		"others":       func() error { return w.RevokeOthers(t.Context(), alice, 0, 0) },
		"list":         func() error { _, err := w.List(t.Context(), alice); return err },
		"check":        func() error { _, err := w.Check(t.Context(), []token.Identity{id}); return err },
		"ticket":       func() error { _, _, err := w.CreateTicket(t.Context(), id); return err },
		"redeem":       func() error { _, err := w.RedeemTicket(t.Context(), ticket); return err },
	} {
		require.ErrorIs(t, call(), errs.ErrUnavailable, name)
	}
	w.redis.SetError("")
	require.True(t, w.alive(t, tokens), "nothing was ended by the outage")
	w.redis.FlushAll()
	require.False(t, w.alive(t, tokens), "an emptied Redis means to log in again")
	_, tokens = w.login(t, alice, "ios", "phone")
	require.True(t, w.alive(t, tokens))
}
