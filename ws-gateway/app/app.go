// Package app builds ws-gateway from its Config and owns its life. Its main and the all-in-one use it.
package app

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/zeromicro/go-zero/core/logx"
	"google.golang.org/grpc"

	"im-backend/common/proto/gen/authpb"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/wsgatewaypb"
	"im-backend/common/utils/ops"
	"im-backend/common/utils/process"
	"im-backend/common/utils/redisx"
	"im-backend/common/utils/rpcx"
	"im-backend/ws-gateway/internal/config"
	"im-backend/ws-gateway/internal/server"
	"im-backend/ws-gateway/internal/svc"
)

// Config is the service's configuration.
type Config = config.Config

// App is one gateway. It is started once and stopped once.
type App struct {
	config    Config
	gatewayID string // new with every start: routes of an earlier life are nobody's
	ops       *ops.Server

	redis     *redis.Client
	auth      *grpc.ClientConn
	chat      *grpc.ClientConn
	instances *rpcx.Instances // of chat-service
	gateways  *rpcx.Instances
	svc       *svc.ServiceContext
	rpc       *rpcx.Server
	listener  net.Listener
	public    *http.Server
	serving   sync.WaitGroup
	stop      sync.Once
}

// New makes a gateway that does nothing until Start.
func New(c Config) *App {
	id := make([]byte, 6)
	_, _ = rand.Read(id) // crypto/rand does not fail
	return &App{config: c, gatewayID: hex.EncodeToString(id), ops: ops.New(c.Ops)}
}

// GatewayID is the id under which this gateway is announced.
func (a *App) GatewayID() string { return a.gatewayID }

// Addr is host:port of the public endpoint, once started.
func (a *App) Addr() string { return a.listener.Addr().String() }

// Ready reports what is missing for the gateway to serve.
func (a *App) Ready(ctx context.Context) error {
	return a.ops.Ready(ctx) //nolint:wrapcheck // it names what is missing
}

// Start returns when clients can connect. It waits for Redis and Etcd until ctx ends, and for no other service.
func (a *App) Start(ctx context.Context) error {
	if err := a.ops.Start(); err != nil {
		return err //nolint:wrapcheck // it says what could not be done
	}
	a.redis = redisx.Open(a.config.StoreRedis)
	a.ops.Add("redis", func(ctx context.Context) error { return redisx.Ping(ctx, a.redis) })
	if err := process.Wait(ctx, "redis", func(ctx context.Context) error { return redisx.Ping(ctx, a.redis) }); err != nil {
		return err //nolint:wrapcheck // as above
	}
	if err := a.dial(ctx); err != nil {
		return err
	}
	a.svc = svc.NewServiceContext(a.config, a.gatewayID, svc.Peers{
		Redis: a.redis, Auth: authpb.NewAuthServiceClient(a.auth), Chat: chatpb.NewChatServiceClient(a.chat),
	})
	a.svc.Start()
	var err error
	if a.instances, err = rpcx.Follow(ctx, a.config.ChatRPC.Etcd, a.config.TLS, a.svc.Links.SetInstances); err != nil {
		return err //nolint:wrapcheck // as above
	}
	if a.gateways, err = rpcx.Follow(ctx, a.config.Etcd, a.config.TLS, a.svc.Watch.SetGateways); err != nil {
		return err //nolint:wrapcheck // as above
	}
	// Pushes first: a client must not be here before chat-service can reach it.
	a.rpc, err = rpcx.NewServer(a.config.RpcServerConf, a.config.TLS, func(s *grpc.Server) {
		wsgatewaypb.RegisterWsGatewayServer(s, server.NewWsGatewayServer(a.svc))
	}, rpcx.RegisterAs(func(addr string) string { return a.gatewayID + "@" + addr }))
	if err != nil {
		return err //nolint:wrapcheck // as above
	}
	if err = a.rpc.Start(ctx); err != nil {
		return err //nolint:wrapcheck // as above
	}
	return a.listen()
}

func (a *App) dial(ctx context.Context) (err error) {
	if a.auth, err = rpcx.Dial(ctx, a.config.AuthRPC, a.config.TLS); err != nil {
		return err //nolint:wrapcheck // it says what could not be done
	}
	a.ops.Add("auth", rpcx.Connected(a.auth))
	if a.chat, err = rpcx.Dial(ctx, a.config.ChatRPC, a.config.TLS); err != nil {
		return err //nolint:wrapcheck // as above
	}
	a.ops.Add("chat", rpcx.Connected(a.chat))
	return nil
}

// listen opens the public endpoint.
func (a *App) listen() error {
	handler, err := publicHandler(a.config, a.svc)
	if err != nil {
		return err
	}
	if a.listener, err = net.Listen("tcp", a.config.Socket.Listen); err != nil {
		return fmt.Errorf("listen for clients: %w", err)
	}
	var lis net.Listener
	a.public, lis = publicServer(a.config, handler, a.listener)
	a.serving.Go(func() { _ = a.public.Serve(lis) })
	logx.Infof("gateway %s listens on %s", a.gatewayID, a.listener.Addr())
	return nil
}

// Stop turns new clients away, sends those that are here elsewhere, and returns when everything that Start began has ended.
// It may be called again, and after a Start that failed.
func (a *App) Stop(ctx context.Context) error {
	a.stop.Do(func() { a.shutDown(ctx) })
	return nil
}

func (a *App) shutDown(ctx context.Context) {
	a.ops.Drain()
	if a.rpc != nil {
		a.rpc.Deregister()
	}
	if a.svc != nil {
		a.svc.Drain(ctx)
	}
	if a.public != nil { // until now new clients were told to go elsewhere
		a.closePublic(ctx)
	}
	if a.svc != nil {
		a.svc.Push.Stop() // the server waits for its streams
	}
	if a.rpc != nil {
		a.rpc.Stop(ctx)
	}
	for _, followed := range []*rpcx.Instances{a.instances, a.gateways} {
		if followed != nil {
			followed.Close()
		}
	}
	if a.svc != nil {
		a.svc.Stop()
	}
	for _, peer := range []*grpc.ClientConn{a.auth, a.chat} {
		if peer != nil {
			_ = peer.Close()
		}
	}
	if a.redis != nil {
		_ = a.redis.Close()
	}
	a.ops.Stop()
}

// closePublic takes no more handshakes. Sockets that never said anything are not waited for long.
func (a *App) closePublic(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if err := a.public.Shutdown(ctx); err != nil {
		_ = a.public.Close()
	}
	a.serving.Wait()
}
