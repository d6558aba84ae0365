// Package app is chat-service as a part that can be started and stopped: its own main and the all-in-one both run it.
package app

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/segmentio/kafka-go"
	"google.golang.org/grpc"

	"im-backend/chat-service/internal/committer"
	"im-backend/chat-service/internal/config"
	"im-backend/chat-service/internal/delivery"
	"im-backend/chat-service/internal/expiry"
	"im-backend/chat-service/internal/export"
	"im-backend/chat-service/internal/forward"
	"im-backend/chat-service/internal/position"
	"im-backend/chat-service/internal/presence"
	"im-backend/chat-service/internal/push"
	"im-backend/chat-service/internal/recent"
	"im-backend/chat-service/internal/retention"
	"im-backend/chat-service/internal/schedule"
	"im-backend/chat-service/internal/search"
	"im-backend/chat-service/internal/sending"
	"im-backend/chat-service/internal/server"
	"im-backend/chat-service/internal/store"
	"im-backend/chat-service/internal/svc"
	"im-backend/chat-service/internal/timeline"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/friendpb"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/common/proto/gen/userpb"
	"im-backend/common/utils/dbx"
	"im-backend/common/utils/idgen"
	"im-backend/common/utils/kafkax"
	"im-backend/common/utils/ops"
	"im-backend/common/utils/process"
	"im-backend/common/utils/redisx"
	"im-backend/common/utils/routes"
	"im-backend/common/utils/rpcx"
)

// Config is the service's configuration.
type Config = config.Config

// App is one instance of chat-service.
type App struct {
	config Config
	ops    *ops.Server

	db        *dbx.DB
	rdb       *redis.Client
	kafka     *kafka.Client
	peers     []*grpc.ClientConn
	instances *rpcx.Instances

	gateways  *push.Gateways
	publisher *delivery.Publisher
	consumer  *delivery.Consumer
	express   *delivery.Express
	committer *committer.Committer
	sending   *sending.Sending
	position  *position.Position
	schedule  *schedule.Schedule
	expiry    *expiry.Expiry
	retention *retention.Retention
	rpc       *rpcx.Server

	stopping chan struct{}
	once     sync.Once
}

// New makes an instance; Start runs it.
func New(c Config) *App {
	return &App{config: c, ops: ops.New(c.Ops), stopping: make(chan struct{})}
}

// Start returns when the instance serves. It waits for its stores and for Etcd until ctx ends; the other services may come
// later.
func (a *App) Start(ctx context.Context) error {
	if err := a.ops.Start(); err != nil {
		return err
	}
	partitions, err := a.openStores(ctx)
	if err != nil {
		return err
	}
	ids, err := a.claimIDs(ctx)
	if err != nil {
		return err
	}
	st := store.New(a.db)
	a.gateways = push.New(a.rdb, func(addr string) (*grpc.ClientConn, error) {
		return rpcx.DialAddr(addr, a.config.Gateways.Key, a.config.TLS)
	}, st)
	a.publisher = delivery.NewPublisher(a.kafka, st, partitions[delivery.TopicMessage])
	spread, err := delivery.NewSpread(a.config.Delivery, st, a.rdb, a.gateways, delivery.NewTopics(a.kafka, partitions))
	if err != nil {
		return fmt.Errorf("make delivery: %w", err)
	}
	a.consumer = delivery.NewConsumer(a.config.Kafka, a.kafka, spread, partitions[delivery.TopicMessage])
	a.express = delivery.NewExpress(a.consumer, a.publisher)
	if a.committer, err = committer.New(a.config.Committer, st, ids, a.express); err != nil {
		return err
	}
	service, err := a.connectPeers(ctx, st, ids)
	if err != nil {
		return err
	}
	a.publisher.Start()
	a.express.Start()
	a.committer.Start()
	a.consumer.Start()
	a.position.Start()
	a.schedule.Start()
	a.expiry.Start()
	a.retention.Start()
	a.rpc, err = rpcx.NewServer(a.config.RpcServerConf, a.config.TLS, func(g *grpc.Server) {
		chatpb.RegisterChatServiceServer(g, server.NewChatServiceServer(service))
	})
	if err != nil {
		return err
	}
	return a.rpc.Start(ctx)
}

func (a *App) claimIDs(ctx context.Context) (ids *idgen.Generator, err error) {
	err = process.Wait(ctx, "etcd", func(ctx context.Context) error {
		ids, err = idgen.Claim(ctx, a.config.Etcd.Hosts, a.config.TLS)
		return err
	})
	return ids, err
}

// openStores waits for MySQL, Redis and Kafka and answers how many partitions each topic has.
func (a *App) openStores(ctx context.Context) (partitions map[string]int, err error) {
	a.rdb = redisx.Open(a.config.StoreRedis)
	a.kafka = kafkax.NewClient(a.config.Kafka)
	a.ops.Add("redis", func(ctx context.Context) error { return redisx.Ping(ctx, a.rdb) })
	a.ops.Add("kafka", func(ctx context.Context) error { return kafkax.Ping(ctx, a.kafka) })
	err = process.Wait(ctx, "database", func(context.Context) error {
		a.db, err = dbx.Open(a.config.Database)
		return err
	})
	if err != nil {
		return nil, err
	}
	a.ops.Add("database", a.db.Ping)
	if err := process.Wait(ctx, "redis", func(ctx context.Context) error { return redisx.Ping(ctx, a.rdb) }); err != nil {
		return nil, err
	}
	err = process.Wait(ctx, "kafka", func(ctx context.Context) error {
		partitions, err = kafkax.EnsureTopics(ctx, a.kafka, a.config.Kafka,
			delivery.TopicMessage, delivery.TopicDeadLetter, delivery.TopicOffline)
		return err
	})
	return partitions, err
}

// connectPeers makes the clients of the other services and what needs them.
func (a *App) connectPeers(ctx context.Context, st *store.Store, ids *idgen.Generator) (*svc.ServiceContext, error) {
	users, err := rpcx.Dial(ctx, a.config.UserRPC, a.config.TLS)
	if err != nil {
		return nil, err
	}
	a.peers = append(a.peers, users)
	a.ops.Add("user-service", rpcx.Connected(users))
	friends, err := rpcx.Dial(ctx, a.config.FriendRPC, a.config.TLS)
	if err != nil {
		return nil, err
	}
	a.peers = append(a.peers, friends)
	a.ops.Add("friend-service", rpcx.Connected(friends))
	groups, err := rpcx.Dial(ctx, a.config.GroupRPC, a.config.TLS)
	if err != nil {
		return nil, err
	}
	a.peers = append(a.peers, groups)
	a.ops.Add("group-service", rpcx.Connected(groups))
	reader := routes.NewReader(a.rdb)
	a.instances, err = rpcx.Follow(ctx, a.config.Gateways, a.config.TLS, func(values []string) {
		a.gateways.Update(values)
		reader.SetLiving(routes.GatewayIDs(values))
	})
	if err != nil {
		return nil, err
	}
	userClient, groupClient := userpb.NewUserServiceClient(users), grouppb.NewGroupServiceClient(groups)
	a.sending = sending.New(a.committer, userClient, friendpb.NewFriendServiceClient(friends), groupClient, a.gateways)
	a.retention = retention.New(a.config.Retention, st)
	a.expiry = expiry.New(a.config.Expiry, st, a.sending)
	a.schedule = schedule.New(a.config.Schedule, st, a.sending, ids)
	line := timeline.New(st, recent.New(a.rdb), userClient, groupClient, a.gateways)
	a.position = position.New(a.config.Position, st, a.gateways)
	return &svc.ServiceContext{
		Position:  a.position,
		Sending:   a.sending,
		Timeline:  line,
		Forwarder: forward.New(line, a.sending),
		Schedule:  a.schedule,
		Export:    export.New(a.config.Export, st),
		Search:    search.New(a.config.Search, st, line),
		Committer: a.committer,
		Presence:  presence.New(st, userClient, reader, a.rdb),
		Stopping:  a.stopping,
	}, nil
}

// Ready reports whether the stores and the peers answer.
func (a *App) Ready(ctx context.Context) error { return a.ops.Ready(ctx) }

// flushTimeout bounds how long a stop waits for Kafka: what it does not take now, another instance publishes.
const flushTimeout = 5 * time.Second

// Stop drains: it leaves Etcd, answers what is under way, hands what is stored to Kafka and closes the stores last.
func (a *App) Stop(ctx context.Context) error {
	var err error
	a.once.Do(func() { err = a.stop(ctx) })
	return err
}

func (a *App) stop(ctx context.Context) error {
	a.ops.Drain()
	if a.rpc != nil {
		a.rpc.Deregister() // first: a gateway whose stream ends looks for another instance
	}
	close(a.stopping)
	if a.rpc != nil {
		a.rpc.Stop(ctx)
	}
	if a.schedule != nil {
		a.schedule.Stop()
	}
	if a.retention != nil {
		a.retention.Stop()
	}
	if a.expiry != nil {
		a.expiry.Stop()
	}
	if a.sending != nil {
		a.sending.Stop()
	}
	if a.position != nil {
		a.position.Stop()
	}
	if a.committer != nil {
		a.committer.Stop()
	}
	if a.express != nil {
		a.express.Stop()
	}
	if a.publisher != nil {
		flushing, cancel := context.WithTimeout(ctx, flushTimeout)
		a.publisher.Stop(flushing)
		cancel()
	}
	if a.consumer != nil {
		a.consumer.Stop()
	}
	if a.instances != nil {
		a.instances.Close()
	}
	if a.gateways != nil {
		a.gateways.Close()
	}
	var faults []error
	for _, conn := range a.peers {
		faults = append(faults, conn.Close())
	}
	if a.kafka != nil {
		kafkax.Close(a.kafka)
	}
	if a.rdb != nil {
		faults = append(faults, a.rdb.Close())
	}
	if a.db != nil {
		faults = append(faults, a.db.Close())
	}
	a.ops.Stop()
	return errors.Join(faults...)
}
