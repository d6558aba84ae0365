// Package app builds the auth service from its configuration and owns its life. The service's main and the all-in-one use it.
package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
	"google.golang.org/grpc"

	"im-backend/auth-service/internal/config"
	"im-backend/auth-service/internal/gateways"
	"im-backend/auth-service/internal/server"
	"im-backend/auth-service/internal/svc"
	"im-backend/common/proto/gen/authpb"
	"im-backend/common/utils/idgen"
	"im-backend/common/utils/ops"
	"im-backend/common/utils/process"
	"im-backend/common/utils/redisx"
	"im-backend/common/utils/rpcx"
)

// Config is the service's configuration.
type Config = config.Config

// App is one instance of the service.
type App struct {
	config   Config
	ops      *ops.Server
	redis    *redis.Client
	attempts *redis.Client // of the same Redis: whoever floods logins waits for these connections only
	gateways *gateways.Gateways
	rpc      *rpcx.Server
}

// errStarting is what readiness says of a part that has not come up yet.
var errStarting = errors.New("starting")

// patience bounds one try to reach a store or Etcd while starting.
const patience = 2 * time.Second

// New makes an App; Start starts it.
func New(c Config) *App {
	a := &App{config: c, ops: ops.New(c.Ops)}
	for _, part := range []string{"redis", "etcd", "rpc"} {
		a.ops.Add(part, func(context.Context) error { return errStarting })
	}
	return a
}

// Start returns when the service serves. It waits for Redis and for Etcd until ctx ends, and for no gateway.
func (a *App) Start(ctx context.Context) error {
	if err := a.ops.Start(); err != nil {
		return err
	}
	client := redisx.Open(a.config.StoreRedis)
	a.redis = client
	few := a.config.StoreRedis
	few.PoolSize = a.config.Throttle.PoolSize
	a.attempts = redisx.Open(few)
	ping := func(ctx context.Context) error { return redisx.Ping(ctx, client) }
	if err := process.Wait(ctx, "redis", bounded(ping)); err != nil {
		return err
	}
	a.ops.Add("redis", ping)
	ids, err := a.claim(ctx)
	if err != nil {
		return err
	}
	if a.gateways, err = gateways.Follow(ctx, a.config.WsGateway, a.config.TLS); err != nil {
		return err
	}
	a.ops.Add("etcd", ready)
	service := svc.NewServiceContext(a.config, client, a.attempts, a.gateways, ids)
	a.rpc, err = rpcx.NewServer(a.config.RpcServerConf, a.config.TLS, func(g *grpc.Server) {
		authpb.RegisterAuthServiceServer(g, server.NewAuthServiceServer(service))
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

// bounded gives each try its own deadline.
func bounded(try func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		ctx, cancel := context.WithTimeout(ctx, patience)
		defer cancel()
		return try(ctx)
	}
}

// claim takes a node number for ids, waiting for Etcd.
func (a *App) claim(ctx context.Context) (ids *idgen.Generator, err error) {
	err = process.Wait(ctx, "etcd", bounded(func(ctx context.Context) (err error) {
		ids, err = idgen.Claim(ctx, a.config.Etcd.Hosts, a.config.TLS)
		return err
	}))
	return ids, err
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
	if a.gateways != nil {
		a.gateways.Close()
		a.gateways = nil
	}
	var faults []error
	for _, client := range []*redis.Client{a.redis, a.attempts} {
		if client == nil {
			continue
		}
		if err := client.Close(); err != nil {
			faults = append(faults, fmt.Errorf("stop auth service: %w", err))
		}
	}
	a.redis, a.attempts = nil, nil
	a.ops.Stop()
	return errors.Join(faults...)
}
