package embedded

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"

	"go.etcd.io/etcd/server/v3/embed"
	"go.etcd.io/etcd/server/v3/etcdserver/api/v3client"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"google.golang.org/grpc"
)

// Etcd is one real Etcd server with its write-ahead log in a directory, synced on every write.
type Etcd struct {
	dir  string
	addr string
	peer string

	server  *embed.Etcd
	clients *grpc.Server
	level   zap.AtomicLevel // of its log
}

// NewEtcd chooses the addresses of a server that keeps its data in dir.
func NewEtcd(dir string) (*Etcd, error) {
	addr, err := FreeAddr()
	if err != nil {
		return nil, err
	}
	return NewEtcdAt(dir, addr)
}

// NewEtcdAt makes a server that answers on addr.
func NewEtcdAt(dir, addr string) (*Etcd, error) {
	peer, err := FreeAddr()
	if err != nil {
		return nil, err
	}
	return &Etcd{dir: dir, addr: addr, peer: peer}, nil
}

// Addr is host:port for clients.
func (e *Etcd) Addr() string { return e.addr }

// Start returns when the server serves, at the latest when ctx ends.
func (e *Etcd) Start(ctx context.Context) error {
	if err := os.MkdirAll(e.dir, 0o700); err != nil {
		return fmt.Errorf("make etcd directory: %w", err)
	}
	server, err := embed.StartEtcd(e.config())
	if err != nil {
		return fmt.Errorf("start etcd: %w", err)
	}
	e.server = server
	select {
	case <-server.Server.ReadyNotify():
		return nil
	case err = <-server.Err():
	case <-ctx.Done():
		err = ctx.Err()
	}
	return errors.Join(fmt.Errorf("start etcd: %w", err), e.Stop(ctx))
}

func (e *Etcd) config() *embed.Config {
	client, peer := url.URL{Scheme: "http", Host: e.addr}, url.URL{Scheme: "http", Host: e.peer}
	c := embed.NewConfig()
	c.Name = "im"
	c.Dir = e.dir
	c.ListenClientUrls, c.AdvertiseClientUrls = []url.URL{client}, []url.URL{client}
	c.ListenPeerUrls, c.AdvertisePeerUrls = []url.URL{peer}, []url.URL{peer}
	c.InitialCluster = c.InitialClusterFromName(c.Name)
	c.ZapLoggerBuilder = embed.NewZapLoggerBuilder(e.log())
	c.ServiceRegister = func(s *grpc.Server) { e.clients = s }
	return c
}

// log writes errors to standard error; the warnings are advice for clusters.
func (e *Etcd) log() *zap.Logger {
	e.level = zap.NewAtomicLevelAt(zap.ErrorLevel)
	encoder := zap.NewProductionEncoderConfig()
	encoder.EncodeTime = zapcore.ISO8601TimeEncoder
	return zap.New(zapcore.NewCore(zapcore.NewConsoleEncoder(encoder), zapcore.Lock(os.Stderr), e.level)).Named("etcd")
}

// DropLeases ends every lease. Whoever starts the only processes that use this server calls it before they start: after a
// crash the addresses of the dead ones would else be found until their leases run out.
func (e *Etcd) DropLeases(ctx context.Context) error {
	client := v3client.New(e.server.Server)
	defer func() { _ = client.Close() }()
	leases, err := client.Leases(ctx)
	if err != nil {
		return fmt.Errorf("list leases: %w", err)
	}
	for _, lease := range leases.Leases {
		if _, err := client.Revoke(ctx, lease.ID); err != nil {
			return fmt.Errorf("revoke lease: %w", err)
		}
	}
	return nil
}

// Stop closes the server and returns when it has ended. The data stays.
func (e *Etcd) Stop(context.Context) error {
	if e.server == nil {
		return nil
	}
	e.level.SetLevel(zap.DPanicLevel) // it reports every listener that is closed as an error
	if e.clients != nil {
		e.clients.Stop() // Close would wait for the watches of every client, for seven seconds
	}
	e.server.Close()
	e.server, e.clients = nil, nil
	return nil
}
