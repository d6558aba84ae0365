package app

import (
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"
	clientv3 "go.etcd.io/etcd/client/v3"
	"go.etcd.io/etcd/server/v3/embed"
	"google.golang.org/grpc"

	"im-backend/common/proto/gen/authpb"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/wsgatewaypb"
	"im-backend/common/utils/confx"
	"im-backend/common/utils/rpcx"
	"im-backend/ws-gateway/etc"
)

// freeAddr is a loopback address that nobody listens on.
func freeAddr(t testing.TB) string {
	t.Helper()
	lis, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = lis.Close() }()
	return lis.Addr().String()
}

func startEtcd(t testing.TB) (addr string, client *clientv3.Client) {
	t.Helper()
	c := embed.NewConfig()
	c.Dir, c.LogLevel = t.TempDir(), "panic"
	peer, public := url.URL{Scheme: "http", Host: freeAddr(t)}, url.URL{Scheme: "http", Host: freeAddr(t)}
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

func TestTheWholeGatewayFromStartToStop(t *testing.T) {
	t.Parallel()
	etcdAddr, etcd := startEtcd(t)
	redis := miniredis.RunT(t)
	ws, rpc, ops := freeAddr(t), freeAddr(t), freeAddr(t)
	var c Config
	require.NoError(t, confx.Load(etc.YAML, confx.Values(map[string]string{
		"ETCD_ADDR": etcdAddr, "REDIS_ADDR": redis.Addr(), "WS_LISTEN": ws, "WSPUSH_LISTEN": rpc, "WSPUSH_OPS": ops,
	}), &c))
	a := New(c)
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	require.NoError(t, a.Start(ctx))
	require.Error(t, a.Ready(ctx), "its peers are not there")

	auth, chat := &fakeAuth{used: map[string]bool{}, dead: map[int64]bool{}}, newFakeChat(newDatabase())
	for key, register := range map[string]func(*grpc.Server){
		"auth.rpc": func(s *grpc.Server) { authpb.RegisterAuthServiceServer(s, auth) },
		"chat.rpc": func(s *grpc.Server) { chatpb.RegisterChatServiceServer(s, chat) },
	} {
		_, err := etcd.Put(ctx, key+"/1", serve(t, register))
		require.NoError(t, err)
	}
	eventually(t, "ready", func() bool { return a.Ready(ctx) == nil })

	got, err := etcd.Get(ctx, "wsgateway.rpc", clientv3.WithPrefix())
	require.NoError(t, err)
	require.Len(t, got.Kvs, 1)
	require.Equal(t, a.GatewayID()+"@"+rpc, string(got.Kvs[0].Value))

	socket, _, err := websocket.DefaultDialer.Dial("ws://"+ws+"/ws", http.Header{"Authorization": {"Bearer token-1-1"}})
	require.NoError(t, err)
	client := &client{t: t, ws: socket}
	require.Equal(t, "hello", client.next().Type)
	var sent reply
	eventually(t, "chat-service's instances are known", func() bool {
		client.send(`{"id":"1","type":"message.send","data":{"clientMsgId":"m","toUserId":"2","type":"text","content":{}}}`)
		sent = client.next()
		return sent.Type == "ok"
	})
	require.Contains(t, string(sent.Data), `"seq":1`)

	conn := dial(t, rpc)
	stream, err := wsgatewaypb.NewWsGatewayClient(conn).Push(ctx)
	require.NoError(t, err)
	require.NoError(t, stream.Send(&wsgatewaypb.PushRequest{BatchId: 7, Items: []*wsgatewaypb.PushItem{
		{UserIds: []int64{1}, Event: roomEntry("s:1:2", 1).GetEvent()},
	}}))
	ack, err := stream.Recv()
	require.NoError(t, err)
	require.Equal(t, uint64(7), ack.GetBatchId())
	require.Equal(t, "message", client.next().Type)

	start := time.Now()
	stopped := make(chan struct{})
	go func() { defer close(stopped); _ = a.Stop(ctx) }()
	code, before := client.closeCode()
	require.Equal(t, 1001, code)
	require.Equal(t, "goaway", before[0].Type)
	<-stopped
	t.Logf("stopped within %v", time.Since(start))
	require.Less(t, time.Since(start), 8*time.Second)
	require.NoError(t, a.Stop(ctx))
	eventually(t, "its registration is revoked", func() bool {
		got, err = etcd.Get(ctx, "wsgateway.rpc", clientv3.WithPrefix())
		return err == nil && len(got.Kvs) == 0
	})
	require.Equal(t, []string{"seen:{1}"}, redis.Keys(), "only when users were seen stays")
	require.Error(t, rpcx.Connected(conn)(quickly(t)))
}

func quickly(t testing.TB) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	t.Cleanup(cancel)
	return ctx
}

func TestStopAfterAStartThatFailed(t *testing.T) {
	t.Parallel()
	var c Config
	require.NoError(t, confx.Load(etc.YAML, confx.Values(map[string]string{
		"REDIS_ADDR": freeAddr(t), "WSPUSH_OPS": "127.0.0.1:0",
	}), &c))
	a := New(c)
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	require.ErrorContains(t, a.Start(ctx), "redis")
	require.NoError(t, a.Stop(context.Background()))
}

func TestConfigNamesAllFaults(t *testing.T) {
	t.Parallel()
	text := strings.NewReplacer("Heartbeat: ${WS_HEARTBEAT:-30s}", "Heartbeat: 0s", "Refresh: 30s", "Refresh: 60s",
		"TrustedProxies: []", "TrustedProxies: [nobody]", "ByteBurst: 4194304", "ByteBurst: 10", "ControlRate: 10", "ControlRate: 0",
		"MaxDelay: 30s", "MaxDelay: 0s", "RefusedRate: 10", "RefusedRate: 0", "MessageTimeout: 30s", "MessageTimeout: 0s",
		"UserMalformed: 50", "UserMalformed: 0", "UserByteRate: 2097152", "UserByteRate: 0").Replace(string(etc.YAML))
	var c Config
	err := confx.Load([]byte(text), confx.Values(map[string]string{
		"WS_LISTEN": "nowhere", "WS_MAX_PER_ADDRESS": "0", "WS_ADMISSION_RATE": "0", "WS_USER_BURST": "0.5",
	}), &c)
	at := -1
	for _, want := range []string{ // in this order, always
		"Socket.Listen", "Socket.TrustedProxies", "Socket.Gate.MaxConnections", "Socket.Admission.MaxDelay", "Socket.Admission.Rate",
		"Conn.UserRate", "Conn.UserByteRate", "Conn.ControlRate", "Conn.RefusedRate", "Conn.ByteBurst", "Conn.Malformed", "Conn timeouts", "Hub.Heartbeat", "Announce.Refresh",
	} {
		require.ErrorContains(t, err, want)
		i := strings.Index(err.Error(), want)
		require.Greater(t, i, at, want)
		at = i
	}
}

func TestNoTicketReachesTheLog(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, nil)
	_, resp, err := w.dial(nil, "?ticket=canary")
	require.Error(t, err)
	var problem json.RawMessage
	require.NoError(t, json.NewDecoder(resp.Body).Decode(&problem))
	require.NotContains(t, fmt.Sprintf("%s %v", problem, resp.Header), "canary")
}
