package rpcx

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/zeromicro/go-zero/core/discov"
	"github.com/zeromicro/go-zero/zrpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/backoff"
	"google.golang.org/grpc/connectivity"
	"google.golang.org/grpc/keepalive"

	"im-backend/common/utils/mtls"
	"im-backend/common/utils/process"
)

// keepaliveParams find a dead peer in seconds; without them a connection can hang for a quarter of an hour.
var keepaliveParams = keepalive.ClientParameters{Time: 10 * time.Second, Timeout: 3 * time.Second, PermitWithoutStream: true}

// connectParams try again soon: grpc's own pause grows to two minutes, and one of zero would try without any.
var connectParams = grpc.ConnectParams{
	Backoff:           backoff.Config{BaseDelay: 100 * time.Millisecond, Multiplier: 1.6, Jitter: 0.2, MaxDelay: 2 * time.Second},
	MinConnectTimeout: 2 * time.Second,
}

// ErrNotConnected is what readiness says of a peer that does not answer.
var ErrNotConnected = errors.New("not connected")

// Dial makes a client that finds its peers through Etcd, which it waits for until ctx ends. The peers themselves may come
// later. They know the caller by its certificate, and it them. The caller closes the client's Conn.
func Dial(ctx context.Context, c zrpc.RpcClientConf, id mtls.Config) (*grpc.ClientConn, error) {
	c.Middlewares.Duration = false // it logs request bodies
	creds, err := id.Client(c.Etcd.Key)
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", c.Etcd.Key, err)
	}
	var conn *grpc.ClientConn
	err = process.Wait(ctx, "etcd", func(context.Context) error {
		watched, err := subscribe(c.Etcd, id) // as in subscribe: the client's own subscription must not be one of several first ones
		if err != nil {
			return err
		}
		defer watched.Close()
		client, err := zrpc.NewClient(c,
			zrpc.WithTransportCredentials(creds),
			zrpc.WithUnaryClientInterceptor(unaryClientErrors),
			zrpc.WithDialOption(grpc.WithKeepaliveParams(keepaliveParams)),
			zrpc.WithDialOption(grpc.WithConnectParams(connectParams)),
			zrpc.WithDialOption(grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessageBytes))),
		)
		if err != nil {
			return fmt.Errorf("dial %s: %w", c.Etcd.Key, err)
		}
		conn = client.Conn()
		return nil
	})
	return conn, err
}

// DialAddr makes a client for one instance of the service that registers under a key, for streams that must reach that very one.
// The caller closes it.
func DialAddr(addr, key string, id mtls.Config) (*grpc.ClientConn, error) {
	creds, err := id.Client(key)
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", addr, err)
	}
	conn, err := grpc.NewClient(addr,
		grpc.WithTransportCredentials(creds),
		grpc.WithKeepaliveParams(keepaliveParams),
		grpc.WithUnaryInterceptor(unaryClientErrors),
		grpc.WithDefaultCallOptions(grpc.MaxCallRecvMsgSize(maxMessageBytes)),
		grpc.WithConnectParams(connectParams),
	)
	if err != nil {
		return nil, fmt.Errorf("dial %s: %w", addr, err)
	}
	return conn, nil
}

// Connected is a readiness check: it reports whether any instance behind a client answers.
func Connected(conn *grpc.ClientConn) func(ctx context.Context) error {
	return func(ctx context.Context) error {
		for {
			state := conn.GetState()
			if state == connectivity.Ready {
				return nil
			}
			conn.Connect()
			if !conn.WaitForStateChange(ctx, state) {
				return fmt.Errorf("%w: %s", ErrNotConnected, state)
			}
		}
	}
}

// Instances follows the values registered under a key in Etcd, for callers that must reach every instance or a certain one.
type Instances struct {
	subscriber *discov.Subscriber
}

// Follow starts to follow a key, waiting for Etcd until ctx ends. onChange is called after every change, never at once with
// itself; it must not block.
func Follow(ctx context.Context, c discov.EtcdConf, id mtls.Config, onChange func(values []string)) (*Instances, error) {
	i := &Instances{}
	err := process.Wait(ctx, "etcd", func(context.Context) error {
		sub, err := subscribe(c, id)
		i.subscriber = sub
		return err
	})
	if err != nil {
		return nil, err
	}
	var mu sync.Mutex // a change may come while the first values are still being told
	notify := func() {
		mu.Lock()
		defer mu.Unlock()
		onChange(i.subscriber.Values())
	}
	i.subscriber.AddListener(notify)
	notify()
	return i, nil
}

// subscribe subscribes twice and keeps the second. Of subscribers of one key that start at the same time in one process, go-zero
// tells only the first to load what is there; one that starts when the key is watched already is always told.
func subscribe(c discov.EtcdConf, id mtls.Config) (*discov.Subscriber, error) {
	if err := showEtcd(c.Hosts, id); err != nil {
		return nil, err
	}
	first, err := discov.NewSubscriber(c.Hosts, c.Key)
	if err != nil {
		return nil, fmt.Errorf("follow %s: %w", c.Key, err)
	}
	defer first.Close()
	second, err := discov.NewSubscriber(c.Hosts, c.Key)
	if err != nil {
		return nil, fmt.Errorf("follow %s: %w", c.Key, err)
	}
	return second, nil
}

// showEtcd has go-zero show Etcd the certificate, in all that it asks of these hosts from now on.
func showEtcd(hosts []string, id mtls.Config) error {
	if !id.Etcd {
		return nil
	}
	if err := discov.RegisterTLS(hosts, id.Cert, id.Key, id.CA, false); err != nil {
		return fmt.Errorf("certificate for etcd: %w", err)
	}
	return nil
}

// Close stops following.
func (i *Instances) Close() { i.subscriber.Close() }
