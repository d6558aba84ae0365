// Package rpcx is how services call one another: zrpc servers and clients with our errors and deadlines, found through Etcd.
package rpcx

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/zeromicro/go-zero/core/discov"
	"github.com/zeromicro/go-zero/core/netx"
	"github.com/zeromicro/go-zero/zrpc"
	"google.golang.org/grpc"
	"google.golang.org/grpc/keepalive"

	"im-backend/common/utils/mtls"
	"im-backend/common/utils/process"
	"im-backend/common/utils/tracex"
)

const maxMessageBytes = 16 << 20

// Server is a zrpc server that one process can start and stop without ending. zrpc's own stops only with the process: it
// deregisters and drains on a signal. So this one keeps the registration and the grpc server in its own hands.
type Server struct {
	config    zrpc.RpcServerConf
	id        mtls.Config
	value     func(addr string) string
	zrpc      *zrpc.RpcServer
	grpc      *grpc.Server
	listening chan struct{}
	failed    chan error
	publisher *discov.Publisher
}

// ServerOption changes a Server before it starts.
type ServerOption func(*Server)

// RegisterAs sets what stands in Etcd for this instance; the default is its address.
func RegisterAs(value func(addr string) string) ServerOption {
	return func(s *Server) { s.value = value }
}

// NewServer makes a server for one generated service. With a certificate it refuses clients that have none.
func NewServer(c zrpc.RpcServerConf, id mtls.Config, register func(*grpc.Server), opts ...ServerOption) (*Server, error) {
	creds, err := id.Server()
	if err != nil {
		return nil, fmt.Errorf("make rpc server: %w", err)
	}
	s := &Server{
		config:    c,
		id:        id,
		value:     func(addr string) string { return addr },
		listening: make(chan struct{}),
		failed:    make(chan error, 1),
	}
	for _, opt := range opts {
		opt(s)
	}
	tracex.SetUp(c.Telemetry)
	c.Middlewares.Stat = false // it logs request bodies
	c.Etcd = discov.EtcdConf{} // registered by Start, when it listens
	inner, err := zrpc.NewServer(c, func(g *grpc.Server) {
		register(g)
		s.grpc = g
		close(s.listening)
	})
	if err != nil {
		return nil, fmt.Errorf("make rpc server: %w", err)
	}
	inner.AddUnaryInterceptors(unaryServerErrors)
	inner.AddStreamInterceptors(streamServerErrors)
	inner.AddOptions(
		grpc.Creds(creds),
		grpc.MaxRecvMsgSize(maxMessageBytes),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: 5 * time.Second, PermitWithoutStream: true}),
		grpc.KeepaliveParams(keepalive.ServerParameters{Time: 10 * time.Second, Timeout: 3 * time.Second}),
	)
	s.zrpc = inner
	return s, nil
}

// Start listens, and then registers in Etcd, waiting for it until ctx ends.
func (s *Server) Start(ctx context.Context) error {
	// zrpc's Start returns only when the process ends, even after the grpc server has stopped; Stop ends the serving.
	go func() {
		defer func() {
			if p := recover(); p != nil {
				s.failed <- fmt.Errorf("serve rpc on %s: %v", s.config.ListenOn, p)
			}
		}()
		s.zrpc.Start()
	}()
	select {
	case <-s.listening:
	case err := <-s.failed:
		return err
	}
	if !s.config.HasEtcd() {
		return nil
	}
	return process.Wait(ctx, "etcd", func(ctx context.Context) error {
		if err := showEtcd(s.config.Etcd.Hosts, s.id); err != nil {
			return err
		}
		addr := advertised(ctx, s.config.ListenOn, s.config.Etcd.Hosts)
		p := discov.NewPublisher(s.config.Etcd.Hosts, s.config.Etcd.Key, s.value(addr))
		if err := p.KeepAlive(); err != nil {
			return fmt.Errorf("register in etcd: %w", err)
		}
		s.publisher = p
		return nil
	})
}

// Deregister leaves Etcd; calls still are served.
func (s *Server) Deregister() {
	if s.publisher != nil {
		s.publisher.Stop()
		s.publisher = nil
	}
}

// Stop deregisters and serves what is under way until ctx ends. Streams have to end by themselves.
func (s *Server) Stop(ctx context.Context) {
	s.Deregister()
	if s.grpc == nil {
		return
	}
	drained := make(chan struct{})
	go func() {
		defer close(drained)
		s.grpc.GracefulStop()
	}()
	select {
	case <-drained:
	case <-ctx.Done():
		s.grpc.Stop()
		<-drained
	}
}

// advertised is the address under which others reach a listener. One that listens on all addresses of its host is reached where
// the host is on the network of Etcd, which all of them are on; it may be on others too.
func advertised(ctx context.Context, listenOn string, etcd []string) string {
	host, port, err := net.SplitHostPort(listenOn)
	if err != nil {
		return listenOn
	}
	if ip := net.ParseIP(host); host == "" || (ip != nil && ip.IsUnspecified()) {
		host = addressTowards(ctx, etcd)
	}
	return net.JoinHostPort(host, port)
}

// addressTowards is the address of this host that one of some others would see; when they are here too, its first one.
func addressTowards(ctx context.Context, others []string) string {
	var dialer net.Dialer
	for _, other := range others {
		conn, err := dialer.DialContext(ctx, "udp", other) // which sends nothing
		if err != nil {
			continue
		}
		local, _, err := net.SplitHostPort(conn.LocalAddr().String())
		_ = conn.Close()
		if err == nil && !net.ParseIP(local).IsLoopback() {
			return local
		}
	}
	return netx.InternalIp()
}
