package limit

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const second = Instant(time.Second)

func TestABucketGivesItsBurstAndThenItsRate(t *testing.T) {
	t.Parallel()
	var b Bucket
	r := Rate{PerSecond: 10, Burst: 3}
	now := 1000 * second
	for range 3 {
		require.Zero(t, b.Take(r, now, 1))
	}
	require.Equal(t, 100*time.Millisecond, b.Take(r, now, 1))
	require.Equal(t, 200*time.Millisecond, b.Take(r, now, 2))
	require.Equal(t, 100*time.Millisecond, b.Take(r, now, 1), "what is refused costs nothing")
	require.False(t, b.isFull(now))
	now += second / 10
	require.Zero(t, b.Take(r, now, 1))
	require.NotZero(t, b.Take(r, now, 1))
	now += 3600 * second
	require.True(t, b.isFull(now))
	require.Zero(t, b.Take(r, now, 3))
	require.NotZero(t, b.Take(r, now, 1), "what is saved is bounded")
}

func TestABucketOfAnyRateGivesItsWholeBurst(t *testing.T) {
	t.Parallel()
	for _, r := range []Rate{{3, 7}, {0.1, 1}, {1000, 2000}, {7e6, 65536}, {1e9, 1e9}} {
		var b Bucket
		require.Zero(t, b.Take(r, second, r.Burst/2), "%v", r)
		require.Zero(t, b.Take(r, second, r.Burst/2), "%v", r)
		require.NotZero(t, b.Take(r, second, r.Burst/2), "%v", r)
	}
}

func TestASharedBucketGivesNoMoreToMany(t *testing.T) {
	t.Parallel()
	var b Shared
	var given atomic.Int64
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 1000 {
				if b.Take(Rate{PerSecond: 1, Burst: 500}, second, 1) == 0 {
					given.Add(1)
				}
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 500, given.Load())
	require.Zero(t, b.Take(Rate{PerSecond: 1, Burst: 500}, 2*second, 1))
}

func TestDrainingTakesWhatThereIs(t *testing.T) {
	t.Parallel()
	var b Shared
	r := Rate{PerSecond: 10, Burst: 30}
	now := 1000 * second
	b.Drain(r, now, 10)
	require.Equal(t, 100*time.Millisecond, b.Take(r, now, 21))
	require.Zero(t, b.Take(r, now, 10))
	b.Drain(r, now, 1e6)
	require.Equal(t, 100*time.Millisecond, b.Take(r, now, 1), "there is no debt")
	b.Drain(r, now-second, 1)
	require.Equal(t, 100*time.Millisecond, b.Take(r, now, 1), "nor does it give anything back")
	require.Zero(t, b.Take(r, now+second, 10))
}

func TestTakingAllocatesNothing(t *testing.T) { //nolint:paralleltest // AllocsPerRun counts those of the whole process
	var own Bucket
	var shared Shared
	var budget Budget
	r := Rate{PerSecond: 1000, Burst: 2000}
	rates := every(r)
	require.Zero(t, testing.AllocsPerRun(1000, func() {
		now := At(time.Now())
		own.Take(r, now, 1)
		shared.Take(r, now, 1)
		budget.TakeFrame(rates, now, 100)
		budget.DrainBytes(rates, now, 1)
		budget.TakeMalformed(rates, now)
	}))
}

func BenchmarkShared(b *testing.B) {
	var shared Shared
	r := Rate{PerSecond: 1e9, Burst: 1e9}
	now := At(time.Now())
	b.ReportAllocs()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			shared.Take(r, now, 1)
		}
	})
}
