// Package gateways tells every ws-gateway when sessions end. It follows the instances in Etcd and calls each by its own
// address; it does not know which of them holds a connection.
package gateways

import (
	"context"
	"fmt"
	"maps"
	"strings"
	"sync"
	"time"

	"github.com/zeromicro/go-zero/core/discov"
	"github.com/zeromicro/go-zero/core/logc"
	"google.golang.org/grpc"

	"im-backend/auth-service/internal/session"
	"im-backend/common/model"
	"im-backend/common/proto/gen/wsgatewaypb"
	"im-backend/common/utils/mtls"
	"im-backend/common/utils/rpcx"
)

// timeout bounds how long the end of a session waits for a gateway; one that does not answer asks for its sessions later.
const timeout = time.Second

// Gateways are the instances of ws-gateway that are known now. It implements session.Gateways.
type Gateways struct {
	instances *rpcx.Instances
	key       string // of their certificates
	id        mtls.Config
	calls     sync.WaitGroup // under way

	mu     sync.Mutex
	conns  map[string]*grpc.ClientConn // by the value in Etcd, "gatewayId@host:port"
	closed bool
}

// Follow starts to follow the gateways, waiting for Etcd until ctx ends. The caller closes what it gets.
func Follow(ctx context.Context, c discov.EtcdConf, id mtls.Config) (*Gateways, error) {
	g := newGateways()
	g.key, g.id = c.Key, id
	instances, err := rpcx.Follow(ctx, c, id, g.set)
	if err != nil {
		return nil, fmt.Errorf("follow gateways: %w", err)
	}
	g.instances = instances
	return g, nil
}

func newGateways() *Gateways { return &Gateways{conns: map[string]*grpc.ClientConn{}} }

// set connects to the instances that are new and leaves those that have gone.
func (g *Gateways) set(values []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return
	}
	gone := maps.Clone(g.conns) // the map itself may be in the hands of a call
	g.conns = make(map[string]*grpc.ClientConn, len(values))
	for _, value := range values {
		if conn, ok := gone[value]; ok {
			g.conns[value] = conn
			delete(gone, value)
			continue
		}
		_, addr, ok := strings.Cut(value, "@")
		conn, err := rpcx.DialAddr(addr, g.key, g.id)
		if !ok || err != nil {
			logc.Errorw(context.Background(), "gateway has no usable address", logc.Field("gateway", value))
			continue
		}
		conn.Connect() // so that the first call finds it ready
		g.conns[value] = conn
	}
	for _, conn := range gone {
		_ = conn.Close()
	}
}

// EndSessions implements session.Gateways. It goes on when the caller gives up: the sessions have ended already.
func (g *Gateways) EndSessions(ctx context.Context, user model.UserID, sessions []int64, reason session.Reason) {
	request := &wsgatewaypb.EndSessionsRequest{UserId: int64(user), SessionIds: sessions, Reason: reasonOf(reason)}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
	defer cancel()
	conns, done := g.begin()
	defer done()
	var told sync.WaitGroup
	for value, conn := range conns {
		told.Go(func() {
			// A gateway that was cut off a moment ago may be back within the deadline: wait for it.
			_, err := wsgatewaypb.NewWsGatewayClient(conn).EndSessions(ctx, request, grpc.WaitForReady(true))
			if err != nil {
				logc.Errorw(ctx, "gateway was not told of ended sessions", logc.Field("gateway", value),
					logc.Field("uid", user.String()), logc.Field("error", err.Error()))
			}
		})
	}
	told.Wait()
}

// begin answers the connections of one call, none once closed.
func (g *Gateways) begin() (conns map[string]*grpc.ClientConn, done func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return nil, func() {}
	}
	g.calls.Add(1)
	return g.conns, g.calls.Done
}

// Close stops following, waits for the calls under way and closes the connections.
func (g *Gateways) Close() {
	if g.instances != nil {
		g.instances.Close()
	}
	g.mu.Lock()
	g.closed = true
	g.mu.Unlock()
	g.calls.Wait()
	for _, conn := range g.conns {
		_ = conn.Close()
	}
}

func reasonOf(r session.Reason) wsgatewaypb.EndReason {
	if r == session.Replaced {
		return wsgatewaypb.EndReason_END_REASON_REPLACED
	}
	return wsgatewaypb.EndReason_END_REASON_REVOKED
}
