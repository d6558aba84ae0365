package rpcx_test

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/zeromicro/go-zero/core/discov"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/server/v3/embed"

	"im-backend/common/utils/mtls"
	"im-backend/common/utils/rpcx"
)

func startEtcd(t *testing.T) (addr string, client *clientv3.Client) {
	t.Helper()
	free := func() url.URL {
		lis, err := net.Listen("tcp", "127.0.0.1:0")
		require.NoError(t, err)
		defer func() { _ = lis.Close() }()
		return url.URL{Scheme: "http", Host: lis.Addr().String()}
	}
	c := embed.NewConfig()
	c.Dir, c.LogLevel = t.TempDir(), "panic"
	peer, public := free(), free()
	c.ListenPeerUrls, c.AdvertisePeerUrls = []url.URL{peer}, []url.URL{peer}
	c.ListenClientUrls, c.AdvertiseClientUrls = []url.URL{public}, []url.URL{public}
	c.InitialCluster = c.InitialClusterFromName(c.Name)
	server, err := embed.StartEtcd(c)
	require.NoError(t, err)
	t.Cleanup(server.Close)
	<-server.Server.ReadyNotify()
	client, err = clientv3.New(clientv3.Config{Endpoints: []string{public.Host}})
	require.NoError(t, err)
	t.Cleanup(func() { _ = client.Close() })
	return public.Host, client
}

func TestFollowersThatStartTogetherAllKnowWhoIsThere(t *testing.T) {
	t.Parallel()
	addr, etcd := startEtcd(t)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for n := range 40 {
		key := fmt.Sprint("service-", n)
		_, err := etcd.Put(ctx, key+"/1", "an instance")
		require.NoError(t, err)
		const followers = 4
		var known [followers]chan []string
		var starting sync.WaitGroup
		for i := range followers {
			known[i] = make(chan []string, 100)
			starting.Go(func() {
				f, err := rpcx.Follow(ctx, discov.EtcdConf{Hosts: []string{addr}, Key: key}, mtls.Config{}, func(values []string) { known[i] <- values })
				require.NoError(t, err)
				t.Cleanup(f.Close)
			})
		}
		starting.Wait()
		for i := range followers {
			for values := []string{}; len(values) == 0; {
				select {
				case values = <-known[i]:
				case <-time.After(10 * time.Second):
					require.Fail(t, "a follower was never told")
				}
			}
		}
	}
}
