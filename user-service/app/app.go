// Package app builds the user service from its configuration and owns its life. The service's main and the all-in-one use it.
package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/zeromicro/go-zero/zrpc"
	"google.golang.org/grpc"

	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/friendpb"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/common/proto/gen/userpb"
	"im-backend/common/utils/dbx"
	"im-backend/common/utils/idgen"
	"im-backend/common/utils/ops"
	"im-backend/common/utils/process"
	"im-backend/common/utils/rpcx"
	"im-backend/user-service/internal/config"
	"im-backend/user-service/internal/notice"
	"im-backend/user-service/internal/server"
	"im-backend/user-service/internal/store"
	"im-backend/user-service/internal/svc"
)

// Config is the service's configuration.
type Config = config.Config

// App is one instance of the service.
type App struct {
	config Config
	ops    *ops.Server
	db     *dbx.DB
	rpc    *rpcx.Server
	peers  []*grpc.ClientConn

	notices *notice.Sender
}

// errStarting is what readiness says of a part that has not come up yet.
var errStarting = errors.New("starting")

// New makes an App; Start starts it.
func New(c Config) *App {
	a := &App{config: c, ops: ops.New(c.Ops)}
	for _, part := range []string{"database", "etcd", "rpc"} {
		a.ops.Add(part, func(context.Context) error { return errStarting })
	}
	return a
}

// Start returns when the service serves. It waits for its database and for Etcd until ctx ends. It waits for none of its peers,
// which are no part of readiness either: what they have to be told waits in the database.
func (a *App) Start(ctx context.Context) error {
	if err := a.ops.Start(); err != nil {
		return err
	}
	if err := process.Wait(ctx, "database im_user", a.open); err != nil {
		return err
	}
	a.ops.Add("database", a.db.Ping)
	ids, err := a.claim(ctx)
	if err != nil {
		return err
	}
	a.ops.Add("etcd", ready)
	peers, err := a.dialPeers(ctx)
	if err != nil {
		return err
	}
	service := svc.NewServiceContext(a.config, svc.Needs{Database: a.db, IDs: ids, Peers: peers})
	a.notices = service.Notices
	a.notices.Start() //nolint:contextcheck // it works until Stop, not until ctx ends
	a.rpc, err = rpcx.NewServer(a.config.RpcServerConf, a.config.TLS, func(g *grpc.Server) {
		userpb.RegisterUserServiceServer(g, server.NewUserServiceServer(service))
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

// open connects to the database and sees that its tables are there.
func (a *App) open(ctx context.Context) error {
	db, err := dbx.Open(a.config.Database)
	if err != nil {
		return err
	}
	if err := store.Prepare(ctx, db); err != nil {
		return errors.Join(err, db.Close())
	}
	a.db = db
	return nil
}

// claim takes a node number for ids, waiting for Etcd.
func (a *App) claim(ctx context.Context) (ids *idgen.Generator, err error) {
	const patience = 2 * time.Second
	err = process.Wait(ctx, "etcd", func(ctx context.Context) (err error) {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		ids, err = idgen.Claim(ctx, a.config.Etcd.Hosts, a.config.TLS)
		return err
	})
	return ids, err
}

// dialPeers makes the clients of those who are told of changes.
func (a *App) dialPeers(ctx context.Context) (notice.Peers, error) {
	for _, c := range []zrpc.RpcClientConf{a.config.FriendRPC, a.config.GroupRPC, a.config.ChatRPC} {
		conn, err := rpcx.Dial(ctx, c, a.config.TLS)
		if err != nil {
			return notice.Peers{}, err
		}
		a.peers = append(a.peers, conn)
	}
	return notice.Peers{
		Friends: friendpb.NewFriendServiceClient(a.peers[0]), Groups: grouppb.NewGroupServiceClient(a.peers[1]),
		Chat: chatpb.NewChatServiceClient(a.peers[2]),
	}, nil
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
	if a.notices != nil {
		a.notices.Stop()
		a.notices = nil
	}
	var faults []error
	for _, conn := range a.peers {
		faults = append(faults, conn.Close())
	}
	a.peers = nil
	if a.db != nil {
		faults = append(faults, a.db.Close())
		a.db = nil
	}
	a.ops.Stop()
	if err := errors.Join(faults...); err != nil {
		return fmt.Errorf("stop user service: %w", err)
	}
	return nil
}
