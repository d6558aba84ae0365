package throttle_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/stretchr/testify/require"

	"im-backend/auth-service/internal/store"
	"im-backend/auth-service/internal/throttle"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/redisx"
)

const home, elsewhere = "192.0.2.1", "198.51.100.7"

// world is a throttle on a Redis of its own, with a time that tests move.
type world struct {
	*throttle.Throttle
	redis *miniredis.Miniredis
	store *store.Store
	mu    sync.Mutex
	at    time.Time
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *world) advance(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(d)
	w.redis.FastForward(d)
}

func config() throttle.Config {
	return throttle.Config{
		Pair:     throttle.Rule{Free: 3, Recover: 10 * time.Minute, FirstDelay: time.Second, MaxDelay: 10 * time.Minute},
		Account:  throttle.Rule{Free: 6, Recover: time.Minute, FirstDelay: time.Second, MaxDelay: 30 * time.Second},
		Address:  throttle.Rule{Free: 8, Recover: time.Minute, FirstDelay: time.Second, MaxDelay: 5 * time.Minute},
		Register: throttle.Rule{Free: 2, Recover: time.Minute, FirstDelay: time.Second, MaxDelay: 5 * time.Minute},
		Known:    24 * time.Hour,
	}
}

func newWorld(t *testing.T) *world {
	t.Helper()
	server := miniredis.RunT(t)
	client := redisx.Open(redisx.Config{Addr: server.Addr(), PoolSize: 64})
	t.Cleanup(func() { require.NoError(t, client.Close()) })
	w := &world{redis: server, store: store.New(client), at: time.UnixMilli(1_800_000_000_123)}
	w.Throttle = w.instance()
	return w
}

// instance is one more instance of the service on the same Redis.
func (w *world) instance() *throttle.Throttle { return throttle.New(config(), w.store, w.now) }

func login(account, address string) throttle.Attempt {
	return throttle.Attempt{Kind: throttle.Login, Account: account, Address: address}
}

// fail makes an attempt that is admitted and comes to nothing.
func (w *world) fail(t *testing.T, a throttle.Attempt) {
	t.Helper()
	require.NoError(t, w.Admit(t.Context(), a))
}

// succeed makes an attempt that is admitted and right.
func (w *world) succeed(t *testing.T, a throttle.Attempt) {
	t.Helper()
	require.NoError(t, w.Admit(t.Context(), a))
	require.NoError(t, w.Settle(t.Context(), a, true))
}

// wait answers how long an attempt that is refused now has to wait.
func (w *world) wait(t *testing.T, a throttle.Attempt) time.Duration {
	t.Helper()
	err := w.Admit(t.Context(), a)
	require.ErrorIs(t, err, errs.ErrRateLimited)
	return errs.From(err).RetryAfter
}

func TestTheDelayGrowsAndWaitingHelps(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 3 {
		w.fail(t, login("alice", home))
	}
	for want := time.Second; want <= time.Minute; want *= 2 {
		got := w.wait(t, login("ALICE", home))
		require.Equal(t, want, got)
		require.Equal(t, got, w.wait(t, login("alice", home)), "asking again does not make it longer")
		w.advance(got - time.Millisecond)
		require.Equal(t, time.Millisecond, w.wait(t, login("alice", home)))
		w.advance(time.Millisecond)
		w.fail(t, login("alice", home))
	}
}

func TestNobodyIsLockedOutForGood(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 200 { // an attacker who never gives up, at the account's own address even
		if err := w.Admit(t.Context(), login("alice", home)); err != nil {
			require.LessOrEqual(t, errs.From(err).RetryAfter, 10*time.Minute)
			w.advance(errs.From(err).RetryAfter)
			w.fail(t, login("alice", home))
		}
	}
	w.advance(10 * time.Minute)
	w.succeed(t, login("alice", home))
	w.advance(25 * time.Hour)
	require.Empty(t, w.redis.Keys(), "what has no meaning any more is not kept")
}

func TestARightPasswordForgetsTheWrongOnesOfItsAddress(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 3 {
		w.fail(t, login("alice", home))
		w.fail(t, login("alice", home))
		w.succeed(t, login("alice", home))
	}
}

func TestManyAddressesShareTheLimitOfAnAccountButItsOwnIsExempt(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.succeed(t, login("alice", home))
	attackers := 0
	attack := func() error { // each from an address of its own
		attackers++
		return w.Admit(t.Context(), login("alice", fmt.Sprintf("203.0.113.%d", attackers)))
	}
	for range 6 {
		require.NoError(t, attack())
	}
	require.ErrorIs(t, attack(), errs.ErrRateLimited)
	w.succeed(t, login("alice", home))
	require.ErrorIs(t, attack(), errs.ErrRateLimited, "that the owner came in helps nobody else")
	w.succeed(t, login("bob", "203.0.113.1"))

	for range 50 { // the attack goes on, and the owner comes from a new address
		if err := attack(); err != nil {
			require.LessOrEqual(t, errs.From(err).RetryAfter, 30*time.Second)
			w.advance(errs.From(err).RetryAfter)
		}
	}
	if err := w.Admit(t.Context(), login("alice", elsewhere)); err != nil {
		w.advance(errs.From(err).RetryAfter)
		w.succeed(t, login("alice", elsewhere))
	}
	w.advance(25 * time.Hour)
	require.NotContains(t, strings.Join(w.redis.Keys(), " "), "known", "an address is not known for ever")
}

func TestAnAddressThatTriesManyAccountsIsSlowedDown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 8 {
		w.fail(t, login(fmt.Sprint("user", i), home))
	}
	require.Equal(t, time.Second, w.wait(t, login("another", home)))
	w.succeed(t, login("another", elsewhere))
	password := throttle.Attempt{Kind: throttle.Password, Account: "7", Address: home}
	require.Equal(t, time.Second, w.wait(t, password), "one count for all kinds of passwords")
	w.advance(time.Second)
	w.succeed(t, login("another", home))
	w.advance(w.wait(t, password))
	w.succeed(t, password)
}

func TestWhatWasRefusedForTheAddressDoesNotCountForTheAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 8 {
		w.fail(t, login(fmt.Sprint("user", i), home))
	}
	for range 20 {
		w.wait(t, login("alice", home))
	}
	for range 3 {
		w.fail(t, login("alice", elsewhere))
	}
}

func TestTheHostsOfAnIPv6NetworkAreOneAddress(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for i := range 3 {
		w.fail(t, login("alice", fmt.Sprintf("2001:db8::%x", i+1)))
	}
	w.wait(t, login("alice", "2001:db8::ffff"))
	w.fail(t, login("alice", "2001:db8:0:1::1"))
	for _, same := range []string{"::ffff:192.0.2.1", home, home} {
		w.fail(t, login("bob", same))
	}
	w.wait(t, login("bob", home))
	for range 3 {
		w.fail(t, login("carol", ""))
	}
	w.wait(t, login("carol", "no address"))
}

func TestWhatWasNotTriedIsTakenBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 20 {
		w.fail(t, login("alice", home))
		require.NoError(t, w.Settle(t.Context(), login("alice", home), false))
	}
	require.Empty(t, w.redis.Keys(), "nor is the address known for it")
}

func TestRegistrationsOfAnAddressCountWhateverTheyComeTo(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	register := throttle.Attempt{Kind: throttle.Register, Address: home}
	w.fail(t, register)
	w.fail(t, register)
	require.Equal(t, time.Second, w.wait(t, register))
	w.fail(t, throttle.Attempt{Kind: throttle.Register, Address: elsewhere})
	w.succeed(t, login("alice", home))
	require.NoError(t, w.Settle(t.Context(), register, false), "the form was not valid")
	w.fail(t, register)
	require.ErrorIs(t, w.Admit(t.Context(), throttle.Attempt{Address: home}), errs.ErrInvalidArgument)
	require.ErrorIs(t, w.Settle(t.Context(), throttle.Attempt{Kind: "x"}, true), errs.ErrInvalidArgument)
}

func TestRacingAttemptsOnSeveralInstancesGetNoMoreThanTheFreeOnes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	instances := []*throttle.Throttle{w.Throttle, w.instance()}
	var admitted atomic.Int64
	var wg sync.WaitGroup
	for i := range 200 {
		wg.Go(func() {
			if instances[i%2].Admit(context.WithoutCancel(t.Context()), login("alice", home)) == nil {
				admitted.Add(1)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 3, admitted.Load())
}

func TestWithoutRedisNoAttemptIsAdmitted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.redis.SetError("LOADING away")
	require.ErrorIs(t, w.Admit(t.Context(), login("alice", home)), errs.ErrUnavailable)
	require.ErrorIs(t, w.Settle(t.Context(), login("alice", home), true), errs.ErrUnavailable)
	w.redis.SetError("")
	w.succeed(t, login("alice", home))
	w.redis.FlushAll()
	w.succeed(t, login("alice", home))
}

func TestNoNameIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fail(t, login("canary", home))
	w.succeed(t, login(strings.Repeat("canary", 10_000), home))
	require.NotContains(t, w.redis.Dump(), "canary")
}

func TestRulesThatMakeNoSenseAreNamed(t *testing.T) {
	t.Parallel()
	require.NoError(t, config().Validate())
	bad := config()
	bad.Pair.MaxDelay, bad.Register.Recover, bad.Known = 0, 0, -1
	err := bad.Validate()
	for _, part := range []string{"Throttle.Pair", "Throttle.Register", "Throttle.Known"} {
		require.ErrorContains(t, err, part)
	}
	require.NotContains(t, err.Error(), "Throttle.Account")
}
