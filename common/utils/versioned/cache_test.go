package versioned

import (
	"context"
	"io"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/stretchr/testify/require"

	"im-backend/common/utils/redisx"
)

type list struct{ Names []string }

func newCache(t *testing.T) (*Cache, *miniredis.Miniredis) {
	t.Helper()
	server := miniredis.RunT(t)
	client := redisx.Open(redisx.Config{Addr: server.Addr(), PoolSize: 2})
	t.Cleanup(func() { _ = client.Close() })
	return New(client, time.Minute), server
}

func TestValueIsUsedOnlyAtItsVersion(t *testing.T) {
	t.Parallel()
	cache, server := newCache(t)
	var got list
	require.False(t, cache.Get(t.Context(), "k", "7", &got))
	cache.Put(t.Context(), "k", "7", list{Names: []string{"a"}})
	require.True(t, cache.Get(t.Context(), "k", "7", &got))
	require.Equal(t, []string{"a"}, got.Names)
	require.False(t, cache.Get(t.Context(), "k", "8", &got))
	server.FastForward(2 * time.Minute)
	require.False(t, cache.Get(t.Context(), "k", "7", &got))
}

func TestGarbageIsAMiss(t *testing.T) {
	t.Parallel()
	cache, server := newCache(t)
	require.NoError(t, server.Set("k", "{"))
	require.False(t, cache.Get(t.Context(), "k", "7", &list{}))
}

func TestFailingRedisIsLeftAloneForAWhile(t *testing.T) {
	t.Parallel()
	cache, server := newCache(t)
	now := time.Now()
	cache.now = func() time.Time { return now }
	cache.Put(t.Context(), "k", "7", list{})
	server.SetError("down")
	require.False(t, cache.Get(t.Context(), "k", "7", &list{}))
	server.SetError("")
	require.False(t, cache.Get(t.Context(), "k", "7", &list{}))
	now = now.Add(rest)
	require.True(t, cache.Get(t.Context(), "k", "7", &list{}))
}

func TestLoadReadsWhatIsNotCachedAtItsVersion(t *testing.T) {
	t.Parallel()
	cache, _ := newCache(t)
	reads := 0
	load := func(c *Cache, version string) (list, error) {
		return Load(t.Context(), c, "k", version, func(context.Context) (list, error) {
			reads++
			return list{Names: []string{version}}, nil
		})
	}
	for i, version := range []string{"7", "7", "8", "7"} {
		got, err := load(cache, version)
		require.NoError(t, err)
		require.Equal(t, []string{version}, got.Names)
		require.Equal(t, []int{1, 1, 2, 3}[i], reads)
	}
	got, err := load(nil, "9")
	require.NoError(t, err)
	require.Equal(t, []string{"9"}, got.Names)
	_, err = Load(t.Context(), cache, "bad", "1", func(context.Context) (list, error) { return list{}, io.ErrUnexpectedEOF })
	require.ErrorIs(t, err, io.ErrUnexpectedEOF)
	require.False(t, cache.Get(t.Context(), "bad", "1", &list{}), "a failure is not kept")
}

// TestManyWhoMissAtOnceReadOnce: also when Redis is away, and when the first of them gives up.
func TestManyWhoMissAtOnceReadOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		cache := New(nil, time.Minute)
		cache.until.Store(time.Now().Add(time.Hour).UnixNano()) // Redis is away
		first, giveUp := context.WithCancel(t.Context())
		var reads, answers atomic.Int32
		release := make(chan struct{})
		ask := func(ctx context.Context) {
			got, err := Load(ctx, cache, "k", "7", func(ctx context.Context) (list, error) {
				reads.Add(1)
				<-release
				return list{Names: []string{"a"}}, ctx.Err()
			})
			if err == nil && len(got.Names) == 1 {
				answers.Add(1)
			}
		}
		var wg sync.WaitGroup
		wg.Go(func() { ask(first) })
		synctest.Wait()
		for range 50 {
			wg.Go(func() { ask(t.Context()) })
		}
		synctest.Wait()
		giveUp()
		close(release)
		wg.Wait()
		require.EqualValues(t, 1, reads.Load())
		require.EqualValues(t, 51, answers.Load())
	})
}

func TestNilCacheIsEmpty(t *testing.T) {
	t.Parallel()
	var cache *Cache
	cache.Put(t.Context(), "k", "7", list{})
	require.False(t, cache.Get(t.Context(), "k", "7", &list{}))
}
