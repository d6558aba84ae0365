package system_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	clientv3 "go.etcd.io/etcd/client/v3"
	"google.golang.org/grpc/health/grpc_health_v1"

	"im-backend/common/utils/mtls"
	"im-backend/common/utils/pki/pkitest"
	"im-backend/common/utils/rpcx"
	"im-backend/scripts/imd/system"
)

func TestWithCertificatesEveryServiceServesItsPeersAndRefusesStrangers(t *testing.T) {
	t.Parallel()
	keys := []string{"user.rpc", "auth.rpc", "friend.rpc", "group.rpc", "chat.rpc", "wsgateway.rpc"}
	id := pkitest.New(t).Issue(keys...)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s, err := system.Start(ctx, system.Options{DataDir: t.TempDir(), Overrides: map[string]string{
		"TLS_CERT": id.Cert, "TLS_KEY": id.Key, "TLS_CA": id.CA,
	}})
	require.NoError(t, err, "ready means that the services reach one another")
	t.Cleanup(func() { require.NoError(t, s.Stop(context.Background())) })
	for key, addr := range registered(ctx, t, s.Stores().Etcd) {
		require.NoError(t, health(ctx, t, addr, key, id), key)
		require.Error(t, health(ctx, t, addr, key, mtls.Config{}), key)
		stranger := pkitest.New(t).Issue(keys...)
		stranger.CA = id.CA
		require.Error(t, health(ctx, t, addr, key, stranger), key)
	}
}

// registered answers an address of every service that serves gRPC, by its key.
func registered(ctx context.Context, t *testing.T, etcd string) map[string]string {
	t.Helper()
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{etcd}, Context: ctx})
	require.NoError(t, err)
	defer func() { require.NoError(t, client.Close()) }()
	got, err := client.Get(ctx, "", clientv3.WithFromKey())
	require.NoError(t, err)
	all := map[string]string{}
	for _, kv := range got.Kvs {
		key, _, isService := strings.Cut(string(kv.GetKey()), "/")
		if isService && strings.HasSuffix(key, ".rpc") {
			value := string(kv.GetValue())
			all[key] = value[strings.Index(value, "@")+1:]
		}
	}
	require.Len(t, all, 6)
	return all
}

// health asks a server with grpc's own health check.
func health(ctx context.Context, t *testing.T, addr, key string, id mtls.Config) error {
	t.Helper()
	conn, err := rpcx.DialAddr(addr, key, id)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	_, err = grpc_health_v1.NewHealthClient(conn).Check(ctx, &grpc_health_v1.HealthCheckRequest{})
	return err //nolint:wrapcheck // looked at by the test
}
