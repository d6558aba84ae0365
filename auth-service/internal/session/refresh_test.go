package session_test

import (
	"encoding/base64"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/auth-service/internal/session"
	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/rediskey"
)

func (w *world) refresh(t *testing.T, tokens session.Tokens) session.Tokens {
	t.Helper()
	next, err := w.Refresh(t.Context(), tokens.Refresh, "192.0.2.9")
	require.NoError(t, err)
	return next
}

func TestARefreshRotatesTheTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t, defaults())
	_, first := w.login(t, alice, "ios", "phone")
	w.clock.advance(20 * time.Minute)
	second := w.refresh(t, first)
	require.NotEqual(t, first.Refresh, second.Refresh)
	require.NotEqual(t, first.Access, second.Access)
	require.Equal(t, w.clock.now().Add(w.config.RefreshLifetime).UnixMilli(), second.RefreshExpiresAt)
	require.True(t, w.alive(t, second))
	list, err := w.List(t.Context(), alice)
	require.NoError(t, err)
	require.Equal(t, "192.0.2.9", list[0].IP)
	third := w.refresh(t, second)
	require.NotEqual(t, second.Refresh, third.Refresh)
}

func TestARepeatedRefreshWithinTheGraceGetsTheVerySameTokens(t *testing.T) {
	t.Parallel()
	w := newWorld(t, defaults())
	_, first := w.login(t, alice, "ios", "phone")
	second := w.refresh(t, first)
	for range 3 {
		w.clock.advance(20 * time.Second)
		require.Equal(t, second, w.refresh(t, first))
	}
	require.True(t, w.alive(t, second))
	require.Empty(t, w.gateways.take())
	w.refresh(t, second)
}

func TestAUsedTokenThatComesBackLaterEndsTheSession(t *testing.T) {
	t.Parallel()
	for name, come := range map[string]func(t *testing.T, w *world, first, second session.Tokens){
		"after the grace":           func(_ *testing.T, w *world, _, _ session.Tokens) { w.clock.advance(61 * time.Second) },
		"after its successor's use": func(t *testing.T, w *world, _, second session.Tokens) { t.Helper(); w.refresh(t, second) },
		"a generation and day later": func(t *testing.T, w *world, _, second session.Tokens) {
			t.Helper()
			w.refresh(t, second)
			w.clock.advance(24 * time.Hour)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, defaults())
			s, first := w.login(t, alice, "ios", "phone")
			_, other := w.login(t, alice, "web", "browser")
			second := w.refresh(t, first)
			come(t, w, first, second)
			_, err := w.Refresh(t.Context(), first.Refresh, "")
			require.ErrorIs(t, err, errs.ErrRefreshTokenReused)
			require.Equal(t, []told{{alice, []int64{s.ID}, session.Revoked}}, w.gateways.take())
			_, err = w.Refresh(t.Context(), second.Refresh, "")
			require.ErrorIs(t, err, errs.ErrSessionRevoked)
			require.Equal(t, []string{"browser"}, w.devices(t, alice))
			_, err = w.Refresh(t.Context(), other.Refresh, "")
			require.NoError(t, err, "the other session lives on")
		})
	}
}

func TestWithoutAGraceEveryRepetitionEndsTheSession(t *testing.T) {
	t.Parallel()
	c := defaults()
	c.RefreshGrace = 0
	w := newWorld(t, c)
	_, first := w.login(t, alice, "ios", "phone")
	w.refresh(t, first)
	w.clock.advance(time.Millisecond)
	_, err := w.Refresh(t.Context(), first.Refresh, "")
	require.ErrorIs(t, err, errs.ErrRefreshTokenReused)
}

func TestRacingRefreshesOfOneTokenGetOneSuccessor(t *testing.T) {
	t.Parallel()
	w := newWorld(t, defaults())
	instances := []*session.Sessions{w.Sessions, w.instance(2)}
	_, tokens := w.login(t, alice, "ios", "phone")
	for range 20 {
		results := make([]session.Tokens, 50)
		var wg sync.WaitGroup
		for i := range results {
			wg.Go(func() {
				var err error
				if results[i], err = instances[i%2].Refresh(t.Context(), tokens.Refresh, ""); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		for _, got := range results {
			require.Equal(t, results[0], got)
		}
		require.NotEqual(t, tokens.Refresh, results[0].Refresh)
		tokens = results[0]
	}
	require.True(t, w.alive(t, tokens))
	require.Empty(t, w.gateways.take())
}

// The race again and again: of two uses of one token both get the one successor, or none of a chain would be any good.
func TestTenThousandRacesOfRefreshesLoseNoSession(t *testing.T) {
	t.Parallel()
	const races, sessions = 10_000, 8
	w := newWorld(t, defaults())
	instances := []*session.Sessions{w.Sessions, w.instance(2)}
	var running sync.WaitGroup
	for n := range sessions {
		_, tokens := w.login(t, model.UserID(100+n), "ios", "phone")
		running.Go(func() {
			for range races / sessions {
				tokens = w.race(t, instances, tokens)
			}
			if !w.alive(t, tokens) {
				t.Error("a session was lost")
			}
		})
	}
	running.Wait()
	require.Empty(t, w.gateways.take(), "no session was ended")
}

// race refreshes a token on each of the instances at once.
func (w *world) race(t *testing.T, instances []*session.Sessions, used session.Tokens) session.Tokens {
	t.Helper()
	results := make([]session.Tokens, len(instances))
	var racing sync.WaitGroup
	for i, instance := range instances {
		racing.Go(func() {
			var err error
			if results[i], err = instance.Refresh(t.Context(), used.Refresh, ""); err != nil {
				t.Error(err)
			}
		})
	}
	racing.Wait()
	if results[0] != results[1] || results[0].Refresh == used.Refresh {
		t.Error("the racers did not get one successor")
	}
	return results[0]
}

func TestAnInventedTokenEndsNobodysSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t, defaults())
	_, tokens := w.login(t, alice, "ios", "phone")
	raw, err := base64.RawURLEncoding.DecodeString(tokens.Refresh)
	require.NoError(t, err)
	for i := range raw {
		forged := append([]byte{}, raw...)
		forged[i] ^= 1
		_, err := w.Refresh(t.Context(), base64.RawURLEncoding.EncodeToString(forged), "")
		if i < 16 { // of another user or session, which do not exist
			require.ErrorIs(t, err, errs.ErrSessionRevoked)
		} else {
			require.ErrorIs(t, err, errs.ErrUnauthenticated)
		}
	}
	for _, wrong := range []string{
		"", "x", tokens.Access, tokens.Refresh + "A", tokens.Refresh[1:], tokens.Refresh + "=", strings.Repeat("A", len(tokens.Refresh)),
	} {
		_, err := w.Refresh(t.Context(), wrong, "")
		require.ErrorIs(t, err, errs.ErrUnauthenticated)
	}
	w.refresh(t, tokens)
}

func TestNoTokenAndNoTicketIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t, defaults())
	s, tokens := w.login(t, alice, "ios", "phone")
	ticket, _, err := w.CreateTicket(t.Context(), identity(s))
	require.NoError(t, err)
	next := w.refresh(t, tokens)
	kept := w.redis.Dump()
	raw, err := base64.RawURLEncoding.DecodeString(next.Refresh)
	require.NoError(t, err)
	for _, secret := range []string{
		tokens.Refresh, next.Refresh, tokens.Access, next.Access, ticket, string(raw[16:48]),
		base64.RawStdEncoding.EncodeToString(raw[16:48]),
	} {
		require.NotContains(t, kept, secret)
	}
	require.Contains(t, kept, rediskey.Session(alice, s.ID), "the dump shows what is kept")
}
