package app_test

import (
	"context"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	"im-backend/auth-service/app"
	"im-backend/auth-service/etc"
	"im-backend/common/proto/gen/authpb"
	"im-backend/common/proto/gen/wsgatewaypb"
	"im-backend/common/utils/confx"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/mtls"
	"im-backend/common/utils/rpcx"
	"im-backend/scripts/imd/embedded"
)

// configFor is the service's own file with the values of a test.
func configFor(t *testing.T, values map[string]string) app.Config {
	t.Helper()
	var c app.Config
	require.NoError(t, confx.Load(etc.YAML, confx.Values(values), &c))
	return c
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

// gateway is a ws-gateway that passes on which sessions it was told of.
type gateway struct {
	wsgatewaypb.UnimplementedWsGatewayServer
	ended chan *wsgatewaypb.EndSessionsRequest
}

func (g *gateway) EndSessions(_ context.Context, in *wsgatewaypb.EndSessionsRequest) (*wsgatewaypb.EndSessionsResponse, error) {
	g.ended <- in
	return &wsgatewaypb.EndSessionsResponse{}, nil
}

// startGateway registers a gateway in Etcd as ws-gateway does.
func startGateway(t *testing.T, c app.Config) *gateway {
	t.Helper()
	g := &gateway{ended: make(chan *wsgatewaypb.EndSessionsRequest, 100)}
	conf := c.RpcServerConf
	conf.ListenOn, conf.Etcd = freeAddr(t), c.WsGateway
	server, err := rpcx.NewServer(conf, mtls.Config{}, func(s *grpc.Server) { wsgatewaypb.RegisterWsGatewayServer(s, g) },
		rpcx.RegisterAs(func(addr string) string { return "gateway-1@" + addr }))
	require.NoError(t, err)
	require.NoError(t, server.Start(t.Context()))
	t.Cleanup(func() { server.Stop(context.Background()) })
	return g
}

func TestTheServiceServesItsCallsAndTellsTheGateways(t *testing.T) {
	t.Parallel()
	addr := freeAddr(t)
	c := configFor(t, map[string]string{
		"ETCD_ADDR": startEtcd(t), "REDIS_ADDR": miniredis.RunT(t).Addr(), "AUTH_LISTEN": addr, "AUTH_OPS": "127.0.0.1:0",
	})
	a := app.New(c)
	require.Error(t, a.Ready(t.Context()), "nothing is up before Start")
	require.NoError(t, a.Start(t.Context()), "it waits for no gateway")
	require.NoError(t, a.Ready(t.Context()))
	defer func() { require.NoError(t, a.Stop(context.Background())) }()
	conn, err := rpcx.DialAddr(addr, "", mtls.Config{})
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	client, ctx := authpb.NewAuthServiceClient(conn), t.Context()

	_, err = client.CreateSession(ctx, &authpb.CreateSessionRequest{UserId: 7})
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
	require.Len(t, errs.From(err).Fields, 2, "fields travel")
	device := &authpb.Device{DeviceId: "phone", Platform: "ios", Name: "Phone"}
	created, err := client.CreateSession(ctx, &authpb.CreateSessionRequest{UserId: 7, Device: device, Ip: "192.0.2.1"})
	require.NoError(t, err)
	refreshed, err := client.RefreshSession(ctx, &authpb.RefreshSessionRequest{RefreshToken: created.GetTokens().GetRefreshToken()})
	require.NoError(t, err)
	access := refreshed.GetTokens().GetAccessToken()
	authenticated, err := client.Authenticate(ctx, &authpb.AuthenticateRequest{AccessToken: access})
	require.NoError(t, err)
	id := authenticated.GetIdentity()
	require.Equal(t, created.GetSession().GetSessionId(), id.GetSessionId())

	ticket, err := client.CreateTicket(ctx, &authpb.CreateTicketRequest{Identity: id})
	require.NoError(t, err)
	redeemed, err := client.RedeemTicket(ctx, &authpb.RedeemTicketRequest{Ticket: ticket.GetTicket()})
	require.NoError(t, err)
	require.Equal(t, id.String(), redeemed.GetIdentity().String())
	_, err = client.RedeemTicket(ctx, &authpb.RedeemTicketRequest{Ticket: ticket.GetTicket()})
	require.ErrorIs(t, err, errs.ErrUnauthenticated)
	list, err := client.ListSessions(ctx, &authpb.ListSessionsRequest{UserId: 7})
	require.NoError(t, err)
	require.Equal(t, created.GetSession().GetDevice().String(), list.GetSessions()[0].GetDevice().String())
	jwks, err := client.GetJwks(ctx, &authpb.GetJwksRequest{})
	require.NoError(t, err)
	require.Contains(t, string(jwks.GetJwks()), `"kty":"OKP"`)

	g := startGateway(t, c)
	// The gateway is found soon after it came: end sessions until it hears of one.
	require.Eventually(t, func() bool {
		again, err := client.CreateSession(ctx, &authpb.CreateSessionRequest{UserId: 8, Device: device})
		if err != nil {
			return false
		}
		_, err = client.RevokeSession(ctx, &authpb.RevokeSessionRequest{UserId: 8, SessionId: again.GetSession().GetSessionId()})
		return err == nil && len(g.ended) > 0
	}, time.Minute, 20*time.Millisecond)
	for len(g.ended) > 0 {
		<-g.ended
	}
	_, err = client.RevokeOtherSessions(ctx, &authpb.RevokeOtherSessionsRequest{UserId: 7})
	require.NoError(t, err)
	require.Len(t, g.ended, 1, "the gateway knows before the caller")
	require.Equal(t, []int64{id.GetSessionId()}, (<-g.ended).GetSessionIds())
	_, err = client.Authenticate(ctx, &authpb.AuthenticateRequest{AccessToken: access})
	require.ErrorIs(t, err, errs.ErrSessionRevoked)
	alive, err := client.CheckSessions(ctx, &authpb.CheckSessionsRequest{Identities: []*authpb.Identity{id}})
	require.NoError(t, err)
	require.Empty(t, alive.GetAliveSessionIds())
	_, err = client.RevokeSession(ctx, &authpb.RevokeSessionRequest{UserId: 7, SessionId: id.GetSessionId()})
	require.ErrorIs(t, err, errs.ErrNotFound)
}

func TestAttemptsAndKeysAreServed(t *testing.T) {
	t.Parallel()
	addr := freeAddr(t)
	a := app.New(configFor(t, map[string]string{
		"ETCD_ADDR": startEtcd(t), "REDIS_ADDR": miniredis.RunT(t).Addr(), "AUTH_LISTEN": addr, "AUTH_OPS": "127.0.0.1:0",
	}))
	require.NoError(t, a.Start(t.Context()))
	defer func() { require.NoError(t, a.Stop(context.Background())) }()
	conn, err := rpcx.DialAddr(addr, "", mtls.Config{})
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close()) }()
	client, ctx := authpb.NewAuthServiceClient(conn), t.Context()

	attempt := &authpb.Attempt{Kind: authpb.AttemptKind_ATTEMPT_KIND_LOGIN, Account: "alice", Address: "192.0.2.1"}
	admit := func() error {
		_, err := client.AdmitAttempt(ctx, &authpb.AdmitAttemptRequest{Attempt: attempt})
		return err
	}
	for range 20 { // right ones and such as were not tried do not add up
		require.NoError(t, admit())
		_, err := client.SettleAttempt(ctx, &authpb.SettleAttemptRequest{Attempt: attempt, Proved: true})
		require.NoError(t, err)
	}
	for range 10 {
		require.NoError(t, admit())
	}
	err = admit()
	require.ErrorIs(t, err, errs.ErrRateLimited)
	require.Positive(t, errs.From(err).RetryAfter, "the time to wait travels")
	_, err = client.AdmitAttempt(ctx, &authpb.AdmitAttemptRequest{})
	require.ErrorIs(t, err, errs.ErrInvalidArgument)

	device := &authpb.Device{DeviceId: "phone", Platform: "ios"}
	created, err := client.CreateSession(ctx, &authpb.CreateSessionRequest{UserId: 7, Device: device})
	require.NoError(t, err)
	rotated, err := client.RotateSigningKey(ctx, &authpb.RotateSigningKeyRequest{})
	require.NoError(t, err)
	keys, err := client.ListSigningKeys(ctx, &authpb.ListSigningKeysRequest{})
	require.NoError(t, err)
	require.Len(t, keys.GetKeys(), 2)
	require.Equal(t, rotated.GetKey().GetKid(), keys.GetKeys()[0].GetKid())
	require.Positive(t, keys.GetKeys()[1].GetExpiresAt())
	_, err = client.Authenticate(ctx, &authpb.AuthenticateRequest{AccessToken: created.GetTokens().GetAccessToken()})
	require.NoError(t, err)

	_, err = client.RevokeOtherSessions(ctx, &authpb.RevokeOtherSessionsRequest{UserId: 7, PasswordVersion: 1})
	require.NoError(t, err)
	_, err = client.CreateSession(ctx, &authpb.CreateSessionRequest{UserId: 7, Device: device})
	require.ErrorIs(t, err, errs.ErrInvalidCredentials, "its password was changed meanwhile")
	_, err = client.CreateSession(ctx, &authpb.CreateSessionRequest{UserId: 7, Device: device, PasswordVersion: 1})
	require.NoError(t, err)
}

func TestAStartThatIsCalledOffCanBeStopped(t *testing.T) {
	t.Parallel()
	a := app.New(configFor(t, map[string]string{
		"ETCD_ADDR": freeAddr(t), "REDIS_ADDR": freeAddr(t), "AUTH_LISTEN": freeAddr(t), "AUTH_OPS": "127.0.0.1:0",
	}))
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	require.ErrorIs(t, a.Start(ctx), context.DeadlineExceeded, "it waits for Redis, which is not there")
	require.ErrorContains(t, a.Ready(t.Context()), "redis")
	require.NoError(t, a.Stop(t.Context()))
	require.NoError(t, a.Stop(t.Context()), "a second Stop does nothing")
}

func TestTheConfigurationIsStrict(t *testing.T) {
	t.Parallel()
	var c app.Config
	err := confx.Load([]byte("Name: auth\nListenOn: x\nTypo: 1\n"), confx.Values(nil), &c)
	require.ErrorContains(t, err, "Typo")
	err = confx.Load([]byte("Name: auth\nListenOn: x\nStoreRedis: {Addr: ''}\nWsGateway: {Hosts: [a], Key: k}\nToken: {Lifetime: 1ms}\n"+
		"Throttle: {Pair: &r {Free: 1, Recover: 1s, FirstDelay: 1s, MaxDelay: 1s}, Account: *r, Address: *r, Register: *r, Known: -1s}\n"),
		confx.Values(nil), &c)
	for _, fault := range []string{"StoreRedis.Addr", "Etcd", "Token.Lifetime", "Throttle.Known"} {
		require.ErrorContains(t, err, fault)
	}
	c = configFor(t, nil)
	require.EqualValues(t, "platform", c.Session.Policy.Mode)
	require.Equal(t, 20, c.Session.Policy.Web)
	require.Equal(t, time.Minute, c.Session.RefreshGrace)
}
