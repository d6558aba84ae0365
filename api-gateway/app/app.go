// Package app builds the HTTP gateway from its configuration and owns its life. The service's own main and the all-in-one
// use it.
package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/zeromicro/go-zero/zrpc"
	"google.golang.org/grpc"

	"im-backend/api-gateway/internal/config"
	"im-backend/api-gateway/internal/server"
	"im-backend/api-gateway/internal/svc"
	"im-backend/common/proto/gen/authpb"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/friendpb"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/common/proto/gen/userpb"
	"im-backend/common/utils/ops"
	"im-backend/common/utils/rpcx"
)

// Config is the configuration of the gateway.
type Config = config.Config

// App is one gateway. Start it once, stop it once.
type App struct {
	config  Config
	ops     *ops.Server
	conns   []*grpc.ClientConn
	http    *http.Server
	addr    string
	serving sync.WaitGroup
	up      atomic.Bool

	stopping context.Context //nolint:containedctx // ends when answers that go on for long have to
	stop     context.CancelFunc
}

var errStarting = errors.New("not serving yet")

// New makes a gateway that does nothing until Start.
func New(c Config) *App {
	a := &App{config: c, ops: ops.New(c.Ops)}
	a.stopping, a.stop = context.WithCancel(context.Background())
	a.ops.Add("http", func(context.Context) error {
		if !a.up.Load() {
			return errStarting
		}
		return nil
	})
	return a
}

// Start listens once Etcd answers. The services behind may come later: until then readiness names them and calls answer 503.
func (a *App) Start(ctx context.Context) error {
	if err := a.ops.Start(); err != nil {
		return err
	}
	clients, err := a.dial(ctx)
	if err != nil {
		return err
	}
	handler, err := server.New(a.stopping, a.config, clients)
	if err != nil {
		return err
	}
	lis, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.config.Listen)
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	edge := a.config.EdgeTimeout()
	a.addr = lis.Addr().String()
	a.http = &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: edge,
		ReadTimeout:       2 * edge, // a slow body may take as long again
		WriteTimeout:      3 * edge, // longer than reading and serving, so that an answer is never cut
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    64 << 10,
	}
	a.serving.Go(func() { _ = a.http.Serve(lis) })
	a.up.Store(true)
	return nil
}

// dial makes the clients and the readiness checks of the five services.
func (a *App) dial(ctx context.Context) (svc.Clients, error) {
	var failed error
	connect := func(name string, c zrpc.RpcClientConf) *grpc.ClientConn {
		if failed != nil {
			return nil
		}
		conn, err := rpcx.Dial(ctx, c, a.config.TLS)
		if err != nil {
			failed = err
			return nil
		}
		a.conns = append(a.conns, conn)
		a.ops.Add(name, rpcx.Connected(conn))
		return conn
	}
	clients := svc.Clients{
		Users:   userpb.NewUserServiceClient(connect("user", a.config.UserRPC)),
		Auth:    authpb.NewAuthServiceClient(connect("auth", a.config.AuthRPC)),
		Friends: friendpb.NewFriendServiceClient(connect("friend", a.config.FriendRPC)),
		Groups:  grouppb.NewGroupServiceClient(connect("group", a.config.GroupRPC)),
		Chat:    chatpb.NewChatServiceClient(connect("chat", a.config.ChatRPC)),
	}
	return clients, failed
}

// Ready reports what is missing for serving, nil when nothing is.
func (a *App) Ready(ctx context.Context) error { return a.ops.Ready(ctx) }

// Addr is host:port of the public API once started.
func (a *App) Addr() string { return a.addr }

// Stop turns readiness off, serves what is under way until ctx ends and closes everything. It is safe after a failed Start
// and may be repeated.
func (a *App) Stop(ctx context.Context) error {
	a.ops.Drain()
	a.stop()
	var err error
	if a.http != nil {
		if err = a.http.Shutdown(ctx); err != nil {
			err = fmt.Errorf("drain http: %w", err)
			_ = a.http.Close()
		}
		a.serving.Wait()
	}
	for _, conn := range a.conns {
		_ = conn.Close()
	}
	a.conns = nil
	a.ops.Stop()
	return err
}
