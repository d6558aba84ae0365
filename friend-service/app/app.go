// Package app builds the friend service from its configuration and owns its life. The service's main and the all-in-one use it.
package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/zeromicro/go-zero/zrpc"
	"google.golang.org/grpc"

	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/friendpb"
	"im-backend/common/proto/gen/userpb"
	"im-backend/common/utils/dbx"
	"im-backend/common/utils/idgen"
	"im-backend/common/utils/ops"
	"im-backend/common/utils/outbox"
	"im-backend/common/utils/process"
	"im-backend/common/utils/redisx"
	"im-backend/common/utils/rpcx"
	"im-backend/friend-service/internal/config"
	"im-backend/friend-service/internal/server"
	"im-backend/friend-service/internal/store"
	"im-backend/friend-service/internal/svc"
)

// Config is the service's configuration.
type Config = config.Config

// App is one instance of the service.
type App struct {
	config Config
	ops    *ops.Server
	needs  svc.Needs
	rpc    *rpcx.Server
	opened []io.Closer // stores and connections, in the order in which they were opened
}

// errStarting is what readiness says of a part that has not come up yet.
var errStarting = errors.New("starting")

// New makes an App; Start starts it.
func New(c Config) *App {
	a := &App{config: c, ops: ops.New(c.Ops)}
	for _, part := range []string{"database", "etcd", "chat-service", "user-service", "rpc"} {
		a.ops.Add(part, func(context.Context) error { return errStarting })
	}
	return a
}

// Start returns when the service serves. It waits for its database and for Etcd until ctx ends; it waits neither for its peers
// nor for Redis, which only caches and so is no part of readiness either.
func (a *App) Start(ctx context.Context) error {
	if err := a.ops.Start(); err != nil {
		return err
	}
	if err := process.Wait(ctx, "database im_friend", a.openDatabase); err != nil {
		return err
	}
	a.ops.Add("database", a.needs.Database.Ping)
	if err := a.claimIDs(ctx); err != nil {
		return err
	}
	a.ops.Add("etcd", ready)
	chat, err := a.dial(ctx, "chat-service", a.config.ChatRPC)
	if err != nil {
		return err
	}
	users, err := a.dial(ctx, "user-service", a.config.UserRPC)
	if err != nil {
		return err
	}
	cache := redisx.Open(a.config.StoreRedis)
	a.opened = append(a.opened, cache)
	a.needs.Redis, a.needs.Users = cache, userpb.NewUserServiceClient(users)
	a.needs.Relay = outbox.New("friend", a.needs.Database, chatpb.NewChatServiceClient(chat), a.config.Outbox)
	a.needs.Relay.Start() //nolint:contextcheck // it works until Stop, not until ctx ends
	return a.serve(ctx)
}

func (a *App) serve(ctx context.Context) (err error) {
	service := svc.NewServiceContext(a.config, a.needs)
	a.rpc, err = rpcx.NewServer(a.config.RpcServerConf, a.config.TLS, func(g *grpc.Server) {
		friendpb.RegisterFriendServiceServer(g, server.NewFriendServiceServer(service))
	})
	if err != nil {
		return err
	}
	if err := a.rpc.Start(ctx); err != nil {
		return err
	}
	a.ops.Add("rpc", ready)
	return nil
}

// ready is the check of a part that is needed only to start.
func ready(context.Context) error { return nil }

// openDatabase connects to the database and sees that its tables are there.
func (a *App) openDatabase(ctx context.Context) error {
	db, err := dbx.Open(a.config.Database)
	if err != nil {
		return err
	}
	if err := store.Prepare(ctx, db); err != nil {
		return errors.Join(err, db.Close())
	}
	a.needs.Database = db
	a.opened = append(a.opened, db)
	return nil
}

// claimIDs takes a node number for ids, waiting for Etcd.
func (a *App) claimIDs(ctx context.Context) error {
	const patience = 2 * time.Second
	return process.Wait(ctx, "etcd", func(ctx context.Context) (err error) {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		a.needs.IDs, err = idgen.Claim(ctx, a.config.Etcd.Hosts, a.config.TLS)
		return err
	})
}

// dial makes the client of a peer, which may come later.
func (a *App) dial(ctx context.Context, peer string, c zrpc.RpcClientConf) (*grpc.ClientConn, error) {
	conn, err := rpcx.Dial(ctx, c, a.config.TLS)
	if err != nil {
		return nil, err
	}
	a.opened = append(a.opened, conn)
	a.ops.Add(peer, rpcx.Connected(conn))
	return conn, nil
}

// Ready reports what the service lacks to serve, nil when it serves.
func (a *App) Ready(ctx context.Context) error { return a.ops.Ready(ctx) }

// Stop drains the service and returns when all that Start began has ended. It may be called after a failed Start and again.
func (a *App) Stop(ctx context.Context) error {
	a.ops.Drain()
	if a.rpc != nil {
		a.rpc.Stop(ctx)
		a.rpc = nil
	}
	if a.needs.Relay != nil {
		a.needs.Relay.Stop()
		a.needs.Relay = nil
	}
	var faults []error
	for i := len(a.opened) - 1; i >= 0; i-- { // stores last: they were opened first
		faults = append(faults, a.opened[i].Close())
	}
	a.opened = nil
	a.ops.Stop()
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("stop friend service: %w", err)
	}
	return nil
}
