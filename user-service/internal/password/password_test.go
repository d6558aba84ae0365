package password

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/utils/errs"
)

var cheap = Config{MemoryKiB: 8, Iterations: 1, Parallelism: 1, MaxWaiting: 128}

func TestAPasswordBelongsToItsHashOnly(t *testing.T) {
	t.Parallel()
	h := New(cheap)
	first, err := h.Hash(t.Context(), "pässwörd ✓")
	require.NoError(t, err)
	second, err := h.Hash(t.Context(), "pässwörd ✓")
	require.NoError(t, err)
	require.NotEqual(t, first, second, "each hash has its own salt")
	require.True(t, strings.HasPrefix(first, "$argon2id$v=19$m=8,t=1,p=1$"), first)

	for password, want := range map[string]bool{"pässwörd ✓": true, "pässwörd": false, "": false} {
		ok, err := h.Verify(t.Context(), first, password)
		require.NoError(t, err)
		require.Equal(t, want, ok, password)
	}
}

func TestNothingBelongsToTheDummy(t *testing.T) {
	t.Parallel()
	h := New(cheap)
	ok, err := h.Verify(t.Context(), h.Dummy(), "")
	require.NoError(t, err)
	require.False(t, ok)
	require.False(t, h.Outdated(h.Dummy()), "it costs what a new hash costs")
}

func TestAHashOfAnotherCostStillVerifiesAndIsOutdated(t *testing.T) {
	t.Parallel()
	old, err := New(cheap).Hash(t.Context(), "secret")
	require.NoError(t, err)
	h := New(Config{MemoryKiB: 16, Iterations: 2, Parallelism: 1})
	ok, err := h.Verify(t.Context(), old, "secret")
	require.NoError(t, err)
	require.True(t, ok)
	require.True(t, h.Outdated(old))
	require.False(t, New(cheap).Outdated(old))
}

func TestAMalformedHashIsAnErrorAndNoPanic(t *testing.T) {
	t.Parallel()
	h := New(cheap)
	for _, bad := range []string{
		"", "$", "plain", "$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$a2V5", "$argon2id$v=16$m=8,t=1,p=1$c2FsdA$a2V5",
		"$argon2id$v=19$m=8,t=0,p=1$c2FsdA$a2V5", "$argon2id$v=19$m=8,t=1,p=0$c2FsdA$a2V5",
		"$argon2id$v=19$m=8,t=1$c2FsdA$a2V5", "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$", "$argon2id$v=19$m=8,t=1,p=1$?$a2V5",
	} {
		_, err := h.Verify(t.Context(), bad, "x")
		require.ErrorIs(t, err, errNotPHC, bad)
		require.True(t, h.Outdated(bad))
	}
}

func TestWhoWaitsTooLongIsRefused(t *testing.T) {
	t.Parallel()
	h := New(cheap)
	for range cap(h.slots) {
		require.NoError(t, h.acquire(t.Context()))
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := h.Hash(ctx, "x")
	require.ErrorIs(t, err, context.Canceled)
	_, err = h.Verify(ctx, h.Dummy(), "x")
	require.ErrorIs(t, err, errs.ErrUnavailable)
	require.Equal(t, comeBack, errs.From(err).RetryAfter)
	require.Zero(t, h.waiting.Load())
}

// gauge counts the hashes that are computed at once, and holds them until it is told to let them go.
type gauge struct {
	running, most, done atomic.Int64
	release             chan struct{}
}

func (g *gauge) compute(password, _ []byte, _ Config, n int) []byte {
	running := g.running.Add(1)
	for {
		most := g.most.Load()
		if running <= most || g.most.CompareAndSwap(most, running) {
			break
		}
	}
	<-g.release
	g.running.Add(-1)
	g.done.Add(1)
	return append(password[:0:0], make([]byte, n)...)
}

func TestOfAThousandCallersAFewAreServedSomeWaitAndTheRestAreRefused(t *testing.T) {
	t.Parallel()
	const callers, atOnce, waiting = 1000, 3, 50
	h := New(Config{MemoryKiB: 8, Iterations: 1, Parallelism: 1, Concurrency: atOnce, MaxWaiting: waiting})
	g := &gauge{release: make(chan struct{})}
	h.compute = g.compute
	var wg sync.WaitGroup
	var served, refused atomic.Int64
	for range callers {
		wg.Go(func() {
			switch _, err := h.Hash(context.WithoutCancel(t.Context()), "x"); {
			case err == nil:
				served.Add(1)
			case errors.Is(err, errs.ErrUnavailable) && errs.From(err).RetryAfter == comeBack:
				refused.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	// With every slot taken and the queue full, all others are refused, at once: they do not wait for a slot.
	require.Eventually(t, func() bool { return refused.Load() >= callers-atOnce-waiting }, time.Minute, time.Millisecond)
	require.LessOrEqual(t, h.waiting.Load(), int64(waiting))
	close(g.release)
	wg.Wait()
	require.EqualValues(t, callers, served.Load()+refused.Load())
	require.Equal(t, g.done.Load(), served.Load())
	require.GreaterOrEqual(t, served.Load(), int64(atOnce))
	require.EqualValues(t, atOnce, g.most.Load(), "memory is that of so many hashes, whoever asks")
	require.Zero(t, h.waiting.Load())
	require.Empty(t, h.slots)
}

func TestTheSettingsThatDoNotChangeAHashDoNotMakeItOutdated(t *testing.T) {
	t.Parallel()
	hash, err := New(cheap).Hash(t.Context(), "x")
	require.NoError(t, err)
	same := cheap
	same.AllowCommon, same.Concurrency, same.MaxWaiting = true, 7, 9
	require.False(t, New(same).Outdated(hash))
}

func TestManyCallersAllGetTheirTurn(t *testing.T) {
	t.Parallel()
	h := New(cheap)
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() {
			hash, err := h.Hash(t.Context(), "x")
			ok, verr := h.Verify(t.Context(), hash, "x")
			if err != nil || verr != nil || !ok {
				t.Error(err, verr, ok)
			}
		})
	}
	wg.Wait()
	require.Empty(t, h.slots)
}

func TestCommonPasswordsAreKnownInAnyCase(t *testing.T) {
	t.Parallel()
	for password, want := range map[string]bool{
		"password": true, "PassWord123": true, "QWERTYUIOP": true, "12345678": true,
		"correct horse battery": false, "": false, "pass": false,
	} {
		require.Equal(t, want, Common(password), password)
	}
	for word := range commonSet {
		require.GreaterOrEqual(t, len(word), 8, "shorter ones are refused anyway: %s", word)
		require.Equal(t, strings.ToLower(word), word)
	}
}
