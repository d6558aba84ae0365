package gateways

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	"im-backend/auth-service/internal/session"
	"im-backend/common/proto/gen/wsgatewaypb"
)

// gateway is a ws-gateway that passes on what it is told, and may hang while doing so.
type gateway struct {
	wsgatewaypb.UnimplementedWsGatewayServer
	told  chan *wsgatewaypb.EndSessionsRequest
	value string
}

func (g *gateway) EndSessions(ctx context.Context, in *wsgatewaypb.EndSessionsRequest) (*wsgatewaypb.EndSessionsResponse, error) {
	select {
	case g.told <- in:
		return &wsgatewaypb.EndSessionsResponse{}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func startGateway(t *testing.T, id string, queue int) *gateway {
	t.Helper()
	lis, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	g := &gateway{told: make(chan *wsgatewaypb.EndSessionsRequest, queue), value: id + "@" + lis.Addr().String()}
	server := grpc.NewServer()
	wsgatewaypb.RegisterWsGatewayServer(server, g)
	served := make(chan error, 1)
	go func() { served <- server.Serve(lis) }()
	t.Cleanup(func() {
		server.Stop()
		require.NoError(t, <-served)
	})
	return g
}

func TestEveryGatewayKnowsBeforeTheCallerIsAnswered(t *testing.T) {
	t.Parallel()
	one, two := startGateway(t, "a", 10), startGateway(t, "b", 10)
	g := newGateways()
	defer g.Close()
	g.set([]string{one.value, two.value})
	ctx, cancel := context.WithCancel(t.Context())
	cancel() // the caller gave up, the sessions have ended all the same
	g.EndSessions(ctx, 7, []int64{70, 71}, session.Replaced)
	for _, each := range []*gateway{one, two} {
		require.Len(t, each.told, 1)
		got := <-each.told
		require.EqualValues(t, 7, got.GetUserId())
		require.Equal(t, []int64{70, 71}, got.GetSessionIds())
		require.Equal(t, wsgatewaypb.EndReason_END_REASON_REPLACED, got.GetReason())
	}
	g.EndSessions(t.Context(), 7, []int64{70}, session.Revoked)
	require.Equal(t, wsgatewaypb.EndReason_END_REASON_REVOKED, (<-one.told).GetReason())
}

func TestGatewaysComeAndGo(t *testing.T) {
	t.Parallel()
	one, two := startGateway(t, "a", 10), startGateway(t, "b", 10)
	g := newGateways()
	defer g.Close()
	g.EndSessions(t.Context(), 7, []int64{70}, session.Revoked)
	g.set([]string{one.value, "no address", ""})
	before := g.conns[one.value]
	g.set([]string{one.value, two.value})
	require.Same(t, before, g.conns[one.value], "a connection that is still needed stays")
	g.EndSessions(t.Context(), 7, []int64{70}, session.Revoked)
	g.set([]string{two.value})
	g.EndSessions(t.Context(), 7, []int64{70}, session.Revoked)
	require.Len(t, one.told, 1)
	require.Len(t, two.told, 2)
}

func TestAGatewayThatHangsOrIsGoneHoldsNobodyUpForLong(t *testing.T) {
	t.Parallel()
	good, hanging := startGateway(t, "a", 10), startGateway(t, "b", 0)
	lis, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	gone := "c@" + lis.Addr().String()
	require.NoError(t, lis.Close())

	g := newGateways()
	defer g.Close()
	g.set([]string{good.value, hanging.value, gone})
	began := time.Now()
	g.EndSessions(t.Context(), 7, []int64{70}, session.Revoked)
	require.Less(t, time.Since(began), timeout+time.Second)
	require.Len(t, good.told, 1, "the others are told all the same")
}

func TestAfterCloseNobodyIsTold(t *testing.T) {
	t.Parallel()
	one := startGateway(t, "a", 10)
	g := newGateways()
	g.set([]string{one.value})
	g.Close()
	g.set([]string{one.value})
	g.EndSessions(t.Context(), 7, []int64{70}, session.Revoked)
	require.Empty(t, one.told)
}
