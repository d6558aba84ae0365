package session_test

import (
	"strconv"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/auth-service/internal/session"
	"im-backend/auth-service/internal/token"
	"im-backend/common/utils/errs"
)

func identity(s session.Session) token.Identity {
	return token.Identity{User: s.User, Session: s.ID, DeviceID: s.Device.ID, Platform: s.Device.Platform}
}

func TestALoginEndsTheSessionsOverThePolicy(t *testing.T) {
	t.Parallel()
	logins := [][2]string{{"ios", "i1"}, {"web", "w1"}, {"linux", "l1"}, {"web", "w2"}, {"ios", "i2"}, {"web", "w3"}, {"ios", "i3"}}
	for name, c := range map[string]struct {
		policy session.Policy
		want   []string
	}{
		"one per platform, several web": {session.Policy{Mode: session.PerPlatform, Web: 2}, []string{"i3", "w3", "w2", "l1"}},
		"unlimited":                     {session.Policy{Mode: session.Unlimited}, []string{"i3", "w3", "i2", "w2", "l1", "w1", "i1"}},
		"one in all":                    {session.Policy{Mode: session.Single}, []string{"i3"}},
		"named": {
			session.Policy{Mode: session.Named, Platforms: map[string]int{"web": 1, "ios": 2}}, []string{"i3", "w3", "i2", "l1"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			config := defaults()
			config.Policy = c.policy
			w := newWorld(t, config)
			ended := 0
			for _, l := range logins {
				w.login(t, alice, l[0], l[1])
				for _, call := range w.gateways.take() {
					require.Equal(t, session.Replaced, call.reason)
					ended += len(call.sessions)
				}
			}
			require.Equal(t, c.want, w.devices(t, alice))
			require.Equal(t, len(logins)-len(c.want), ended, "each that was ended was told of")
		})
	}
}

func TestAReplacedSessionIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, defaults())
	old, oldTokens := w.login(t, alice, "ios", "phone")
	_, bobs := w.login(t, bob, "ios", "phone")
	_, tokens := w.login(t, alice, "ios", "new phone")
	require.Equal(t, []told{{alice, []int64{old.ID}, session.Replaced}}, w.gateways.take())
	require.False(t, w.alive(t, oldTokens))
	require.True(t, w.alive(t, tokens))
	require.True(t, w.alive(t, bobs))
}

func TestALoginOnTheSameDeviceReplacesItsSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t, defaults())
	old, oldTokens := w.login(t, alice, "web", "browser")
	w.login(t, alice, "web", "other browser")
	_, tokens := w.login(t, alice, "web", "browser")
	require.Equal(t, []told{{alice, []int64{old.ID}, session.Replaced}}, w.gateways.take())
	require.Equal(t, []string{"browser", "other browser"}, w.devices(t, alice))
	require.False(t, w.alive(t, oldTokens))
	require.True(t, w.alive(t, tokens))
}

func TestBrowsersAreSeveralButNotEndless(t *testing.T) {
	t.Parallel()
	w := newWorld(t, defaults())
	for i := range 25 {
		w.login(t, alice, "web", strconv.Itoa(i))
	}
	devices := w.devices(t, alice)
	require.Len(t, devices, 20)
	require.Equal(t, "24", devices[0])
	require.Equal(t, "5", devices[19])
}

func TestRacingLoginsLeaveWhatThePolicyAllows(t *testing.T) {
	t.Parallel()
	w := newWorld(t, defaults())
	tokens := make([]session.Tokens, 20)
	var wg sync.WaitGroup
	for i := range tokens {
		wg.Go(func() {
			var err error
			device := session.Device{ID: "phone" + strconv.Itoa(i%5), Platform: "android"}
			if _, tokens[i], err = w.Create(t.Context(), session.Login{User: alice, Device: device}); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	require.Len(t, w.devices(t, alice), 1)
	alive := 0
	for _, each := range tokens {
		if w.alive(t, each) {
			alive++
		}
	}
	require.Equal(t, 1, alive)
}

func TestATicketIsGoodOnceForHalfAMinute(t *testing.T) {
	t.Parallel()
	w := newWorld(t, defaults())
	s, _ := w.login(t, alice, "web", "browser")
	ticket, expiresAt, err := w.CreateTicket(t.Context(), identity(s))
	require.NoError(t, err)
	require.Equal(t, w.clock.now().UnixMilli()+30_000, expiresAt)
	id, err := w.RedeemTicket(t.Context(), ticket)
	require.NoError(t, err)
	require.Equal(t, identity(s), id)
	for _, wrong := range []string{ticket, "", "x"} {
		_, err = w.RedeemTicket(t.Context(), wrong)
		require.ErrorIs(t, err, errs.ErrUnauthenticated)
	}

	late, _, err := w.CreateTicket(t.Context(), identity(s))
	require.NoError(t, err)
	require.NotEqual(t, ticket, late)
	w.clock.advance(w.config.TicketLifetime)
	_, err = w.RedeemTicket(t.Context(), late)
	require.ErrorIs(t, err, errs.ErrUnauthenticated)
}

func TestOfRacingUsesOfATicketOneWins(t *testing.T) {
	t.Parallel()
	w := newWorld(t, defaults())
	s, _ := w.login(t, alice, "web", "browser")
	ticket, _, err := w.CreateTicket(t.Context(), identity(s))
	require.NoError(t, err)
	errors := make([]error, 20)
	var wg sync.WaitGroup
	for i := range errors {
		wg.Go(func() { _, errors[i] = w.RedeemTicket(t.Context(), ticket) })
	}
	wg.Wait()
	won := 0
	for _, err := range errors {
		if err == nil {
			won++
		} else {
			require.ErrorIs(t, err, errs.ErrUnauthenticated)
		}
	}
	require.Equal(t, 1, won)
}

func TestATicketIsWorthNothingWithoutItsSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t, defaults())
	s, _ := w.login(t, alice, "web", "browser")
	ticket, _, err := w.CreateTicket(t.Context(), identity(s))
	require.NoError(t, err)
	require.NoError(t, w.Revoke(t.Context(), alice, s.ID))
	_, err = w.RedeemTicket(t.Context(), ticket)
	require.ErrorIs(t, err, errs.ErrSessionRevoked)
	_, _, err = w.CreateTicket(t.Context(), identity(s))
	require.ErrorIs(t, err, errs.ErrSessionRevoked)
}

func TestAPolicyOfUnknownPlatformsIsNoConfiguration(t *testing.T) {
	t.Parallel()
	c := defaults()
	require.NoError(t, c.Validate())
	c.Policy.Platforms = map[string]int{"toaster": 1}
	c.TicketLifetime = 0
	err := c.Validate()
	require.ErrorContains(t, err, "toaster")
	require.ErrorContains(t, err, "lifetimes")
}
