package embedded_test

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/stretchr/testify/require"

	"im-backend/common/utils/dbx"
	"im-backend/scripts/imd/embedded"
)

func copyDir(t *testing.T, from, to string) {
	t.Helper()
	require.NoError(t, os.CopyFS(to, os.DirFS(from)))
}

func TestRedisForgetsWhatExpires(t *testing.T) {
	t.Parallel()
	r, err := embedded.NewRedis()
	require.NoError(t, err)
	require.NoError(t, r.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, r.Stop(context.Background())) })
	client := redis.NewClient(&redis.Options{Addr: r.Addr()})
	t.Cleanup(func() { _ = client.Close() })

	require.NoError(t, client.Set(t.Context(), "short", 1, 300*time.Millisecond).Err())
	require.NoError(t, client.Set(t.Context(), "long", 1, time.Hour).Err())
	require.Eventually(t, func() bool { return client.Exists(t.Context(), "short").Val() == 0 }, time.Minute, 20*time.Millisecond)
	require.Equal(t, int64(1), client.Exists(t.Context(), "long").Val())
	require.Less(t, client.TTL(t.Context(), "long").Val(), time.Hour)

	r.FlushAll()
	require.Zero(t, client.Exists(t.Context(), "long").Val())
}

func TestRedisIsEmptyAtTheSameAddressAfterARestart(t *testing.T) {
	t.Parallel()
	r, err := embedded.NewRedis()
	require.NoError(t, err)
	require.NoError(t, r.Start(t.Context()))
	client := redis.NewClient(&redis.Options{Addr: r.Addr()})
	t.Cleanup(func() { _ = client.Close() })
	require.NoError(t, client.Set(t.Context(), "k", 1, 0).Err())

	require.NoError(t, r.Stop(t.Context()))
	require.NoError(t, r.Stop(t.Context()), "stopping twice is harmless")
	require.NoError(t, r.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, r.Stop(context.Background())) })
	require.Zero(t, client.Exists(t.Context(), "k").Val())
}

func TestLockDirAdmitsOneOwnerAtATime(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	lock, err := embedded.LockDir(dir)
	require.NoError(t, err)
	_, err = embedded.LockDir(dir)
	require.ErrorIs(t, err, embedded.ErrLocked)
	require.ErrorContains(t, err, dir)

	require.NoError(t, lock.Unlock())
	lock, err = embedded.LockDir(dir)
	require.NoError(t, err)
	require.NoError(t, lock.Unlock())
}

func TestFreePortsAreBelowTheEphemeralRangeAndNeverTheSame(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 200 {
		addr, err := embedded.FreeAddr()
		require.NoError(t, err)
		require.False(t, seen[addr])
		seen[addr] = true
		host, text, err := net.SplitHostPort(addr)
		require.NoError(t, err)
		require.Equal(t, "127.0.0.1", host)
		port, err := strconv.Atoi(text)
		require.NoError(t, err)
		require.True(t, port >= 10000 && port < 32000, "port %d", port)
	}
}

func TestSQLiteNamesAFileThatOpens(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db, err := dbx.Open(dbx.Config{DSN: embedded.SQLite(dir, "im_user"), MaxOpen: 2})
	require.NoError(t, err)
	require.NoError(t, db.Ping(t.Context()))
	require.NoError(t, db.Close())
	require.FileExists(t, filepath.Join(dir, "im_user.db"))
}
