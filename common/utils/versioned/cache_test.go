package versioned

import (
	"testing"
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

func TestNilCacheIsEmpty(t *testing.T) {
	t.Parallel()
	var cache *Cache
	cache.Put(t.Context(), "k", "7", list{})
	require.False(t, cache.Get(t.Context(), "k", "7", &list{}))
}
