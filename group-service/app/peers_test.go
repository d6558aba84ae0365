package app_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/stretchr/testify/require"
	"github.com/zeromicro/go-zero/core/discov"
	"github.com/zeromicro/go-zero/core/service"
	"github.com/zeromicro/go-zero/zrpc"
	"google.golang.org/grpc"

	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/friendpb"
	"im-backend/common/proto/gen/userpb"
	"im-backend/common/utils/confx"
	"im-backend/common/utils/mtls"
	"im-backend/common/utils/outbox/outboxtest"
	"im-backend/common/utils/rpcx"
	"im-backend/group-service/app"
	"im-backend/group-service/etc"
	"im-backend/scripts/imd/embedded"
)

// chatServer puts a Chat on the network.
type chatServer struct {
	chatpb.UnimplementedChatServiceServer
	chat *outboxtest.Chat
}

func (s chatServer) Append(ctx context.Context, in *chatpb.AppendRequest) (*chatpb.AppendResponse, error) {
	return s.chat.Append(ctx, in)
}

// userServer knows the users below 1000.
type userServer struct {
	userpb.UnimplementedUserServiceServer
}

func (userServer) BatchGetUsers(_ context.Context, in *userpb.BatchGetUsersRequest) (*userpb.BatchGetUsersResponse, error) {
	out := &userpb.BatchGetUsersResponse{}
	for _, id := range in.GetUserIds() {
		if id < 1000 {
			out.Users = append(out.Users, &userpb.User{UserId: id})
		}
	}
	return out, nil
}

// friendServer says that user 500 blocks everybody.
type friendServer struct {
	friendpb.UnimplementedFriendServiceServer
}

func (friendServer) ListBlockers(_ context.Context, in *friendpb.ListBlockersRequest) (*friendpb.ListBlockersResponse, error) {
	out := &friendpb.ListBlockersResponse{}
	if slices.Contains(in.GetByUserIds(), 500) {
		out.UserIds = []int64{500}
	}
	return out, nil
}

func freeAddr(t *testing.T) string {
	t.Helper()
	addr, err := embedded.FreeAddr()
	require.NoError(t, err)
	return addr
}

func startEtcd(t *testing.T) string {
	t.Helper()
	etcd, err := embedded.NewEtcd(t.TempDir())
	require.NoError(t, err)
	require.NoError(t, etcd.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, etcd.Stop(context.Background())) })
	return etcd.Addr()
}

// startPeer registers a service under a key.
func startPeer(t *testing.T, etcd, key string, register func(*grpc.Server)) {
	t.Helper()
	server, err := rpcx.NewServer(zrpc.RpcServerConf{
		ServiceConf: service.ServiceConf{Name: key, Mode: service.ProMode},
		ListenOn:    freeAddr(t), Etcd: discov.EtcdConf{Hosts: []string{etcd}, Key: key}, Timeout: 3000,
	}, mtls.Config{}, register)
	require.NoError(t, err)
	require.NoError(t, server.Start(t.Context()))
	t.Cleanup(func() { server.Stop(context.Background()) })
}

// startPeers registers chat-service, user-service and friend-service.
func startPeers(t *testing.T, etcd string, chat *outboxtest.Chat) {
	t.Helper()
	startPeer(t, etcd, "chat.rpc", func(g *grpc.Server) { chatpb.RegisterChatServiceServer(g, chatServer{chat: chat}) })
	startPeer(t, etcd, "user.rpc", func(g *grpc.Server) { userpb.RegisterUserServiceServer(g, userServer{}) })
	startPeer(t, etcd, "friend.rpc", func(g *grpc.Server) { friendpb.RegisterFriendServiceServer(g, friendServer{}) })
}

// config is the service's own file with the values of a test.
func config(t *testing.T, etcd string) app.Config {
	t.Helper()
	values := map[string]string{
		"ETCD_ADDR": etcd, "REDIS_ADDR": miniredis.RunT(t).Addr(), "GROUP_LISTEN": freeAddr(t), "GROUP_OPS": "127.0.0.1:0",
		"GROUP_DSN": "sqlite:" + t.TempDir() + "/im_group.db",
	}
	var c app.Config
	require.NoError(t, confx.Load(etc.YAML, confx.Values(values), &c))
	c.Outbox.Sweep = 10 * time.Millisecond
	return c
}

// run starts an app and waits for its peers.
func run(t *testing.T, c app.Config) *app.App {
	t.Helper()
	a := app.New(c)
	t.Cleanup(func() { require.NoError(t, a.Stop(context.Background())) })
	require.NoError(t, a.Start(t.Context()))
	require.Eventually(t, func() bool { return a.Ready(t.Context()) == nil }, time.Minute, 10*time.Millisecond)
	return a
}

// dial reaches an instance.
func dial(t *testing.T, c app.Config) *grpc.ClientConn {
	t.Helper()
	conn, err := rpcx.DialAddr(c.ListenOn, "", mtls.Config{})
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}
