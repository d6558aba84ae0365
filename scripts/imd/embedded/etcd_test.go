package embedded_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/zeromicro/go-zero/core/discov"
	clientv3 "go.etcd.io/etcd/client/v3"

	"im-backend/scripts/imd/embedded"
)

func startEtcd(t *testing.T, dir string) *embedded.Etcd {
	t.Helper()
	e, err := embedded.NewEtcd(dir)
	require.NoError(t, err)
	require.NoError(t, e.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, e.Stop(context.Background())) })
	return e
}

func etcdClient(t *testing.T, e *embedded.Etcd) *clientv3.Client {
	t.Helper()
	c, err := clientv3.New(clientv3.Config{Endpoints: []string{e.Addr()}, DialTimeout: 5 * time.Second})
	require.NoError(t, err)
	t.Cleanup(func() { _ = c.Close() })
	return c
}

func TestEtcdKeepsItsDataAndItsAddressOverARestart(t *testing.T) {
	t.Parallel()
	e := startEtcd(t, t.TempDir())
	addr, client := e.Addr(), etcdClient(t, e)
	_, err := client.Put(t.Context(), "/im/kept", "yes")
	require.NoError(t, err)

	require.NoError(t, e.Stop(t.Context()))
	require.NoError(t, e.Stop(t.Context()), "stopping twice is harmless")
	require.NoError(t, e.Start(t.Context()))

	require.Equal(t, addr, e.Addr())
	got, err := client.Get(t.Context(), "/im/kept")
	require.NoError(t, err)
	require.Len(t, got.Kvs, 1)
}

func TestEtcdComesBackFromTheDiskOfACrashOnOtherPorts(t *testing.T) {
	t.Parallel()
	dir, image := t.TempDir(), t.TempDir()
	e := startEtcd(t, filepath.Join(dir, "etcd"))
	client := etcdClient(t, e)
	_, err := client.Put(t.Context(), "/im/kept", "yes")
	require.NoError(t, err)
	lease, err := client.Grant(t.Context(), 3600)
	require.NoError(t, err)
	_, err = client.Put(t.Context(), "user.rpc/1", "127.0.0.1:1", clientv3.WithLease(lease.ID))
	require.NoError(t, err)
	copyDir(t, dir, image) // what a crash at this moment leaves behind

	again := startEtcd(t, filepath.Join(image, "etcd"))
	client = etcdClient(t, again)
	got, err := client.Get(t.Context(), "/im/kept")
	require.NoError(t, err)
	require.Len(t, got.Kvs, 1)

	require.NoError(t, again.DropLeases(t.Context()))
	got, err = client.Get(t.Context(), "user.rpc/", clientv3.WithPrefix())
	require.NoError(t, err)
	require.Empty(t, got.Kvs, "the dead process is not found any more")
}

func TestEtcdStopsAtOnceAlthoughServicesWatchIt(t *testing.T) {
	t.Parallel()
	e := startEtcd(t, t.TempDir())
	publisher := discov.NewPublisher([]string{e.Addr()}, "user.rpc", "127.0.0.1:9001")
	require.NoError(t, publisher.KeepAlive())
	subscriber, err := discov.NewSubscriber([]string{e.Addr()}, "user.rpc")
	require.NoError(t, err)
	t.Cleanup(subscriber.Close)
	require.Eventually(t, func() bool { return len(subscriber.Values()) == 1 }, time.Minute, 10*time.Millisecond)
	publisher.Stop()

	began := time.Now()
	require.NoError(t, e.Stop(t.Context()))
	require.Less(t, time.Since(began), 3*time.Second)
}
