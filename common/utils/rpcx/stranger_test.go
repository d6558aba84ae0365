package rpcx_test

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/zeromicro/go-zero/core/service"
	"github.com/zeromicro/go-zero/zrpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	"im-backend/common/utils/mtls"
	"im-backend/common/utils/pki/pkitest"
	"im-backend/common/utils/rpcx"
)

// serve runs a server whose only service is grpc's own health check.
func serve(t *testing.T, id mtls.Config) (addr string) {
	t.Helper()
	lis, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	addr = lis.Addr().String()
	require.NoError(t, lis.Close())
	server, err := rpcx.NewServer(zrpc.RpcServerConf{
		ServiceConf: service.ServiceConf{Name: "chat", Mode: service.ProMode}, ListenOn: addr, Health: true,
	}, id, func(*grpc.Server) {})
	require.NoError(t, err)
	require.NoError(t, server.Start(t.Context()))
	t.Cleanup(func() { server.Stop(context.Background()) })
	return addr
}

func ask(t *testing.T, conn *grpc.ClientConn) error {
	t.Helper()
	t.Cleanup(func() { require.NoError(t, conn.Close()) })
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	_, err := grpc_health_v1.NewHealthClient(conn).Check(ctx, &grpc_health_v1.HealthCheckRequest{})
	return err
}

func dial(t *testing.T, addr, key string, id mtls.Config) *grpc.ClientConn {
	t.Helper()
	conn, err := rpcx.DialAddr(addr, key, id)
	require.NoError(t, err)
	return conn
}

func TestAStrangerIsRefusedAndAPeerIsServed(t *testing.T) {
	t.Parallel()
	ca := pkitest.New(t)
	addr := serve(t, ca.Issue("chat.rpc"))
	peer := ca.Issue("user.rpc")
	require.NoError(t, ask(t, dial(t, addr, "chat.rpc", peer)))

	require.Error(t, ask(t, dial(t, addr, "chat.rpc", mtls.Config{})), "without TLS")
	forged := pkitest.New(t).Issue("user.rpc")
	forged.CA = peer.CA
	require.Error(t, ask(t, dial(t, addr, "chat.rpc", forged)), "with a certificate of another authority")

	believing, err := credentials.NewClientTLSFromFile(peer.CA, "chat.rpc")
	require.NoError(t, err)
	nobody, err := grpc.NewClient(addr, grpc.WithTransportCredentials(believing))
	require.NoError(t, err)
	require.Equal(t, codes.Unavailable, status.Code(ask(t, nobody)), "without a certificate")
}

func TestAServerOfAnotherNameOrAuthorityIsNotBelieved(t *testing.T) {
	t.Parallel()
	ca := pkitest.New(t)
	peer := ca.Issue("user.rpc")
	require.Error(t, ask(t, dial(t, serve(t, ca.Issue("friend.rpc")), "chat.rpc", peer)))
	require.Error(t, ask(t, dial(t, serve(t, pkitest.New(t).Issue("chat.rpc")), "chat.rpc", peer)))
}

func TestARenewedCertificateIsShownWithoutARestart(t *testing.T) {
	t.Parallel()
	ca := pkitest.New(t)
	id := ca.Issue("friend.rpc")
	addr := serve(t, id)
	peer := ca.Issue("user.rpc")
	require.Error(t, ask(t, dial(t, addr, "chat.rpc", peer)))
	pkitest.Replace(t, id, ca.Issue("chat.rpc"))
	require.NoError(t, ask(t, dial(t, addr, "chat.rpc", peer)))
}
