// Package system runs the whole backend in one process: the stores for which no real server is named, and the seven
// services. The services are the same code with the same configuration files as in processes of their own; they find one
// another through Etcd and talk gRPC. The command imd and the tests of the whole use it.
package system

import (
	"context"
	"errors"
	"sync"
	"time"
)

// Options say what to run. DataDir must be set.
type Options struct {
	DataDir  string // where the embedded stores keep their data; made when missing
	HTTPAddr string // host:port of the HTTP API; empty or with port 0: a free port
	WSAddr   string // host:port of the first WebSocket gateway; empty or with port 0: a free port

	// Real servers, each in place of an embedded store. Empty: the embedded one.
	MySQL string // user:password@tcp(host:port)/ without a database
	Redis string // host:port
	Kafka string // host:port,host:port
	Etcd  string // host:port,host:port

	DatabasePrefix string // stands before the names of the databases on a real MySQL
	ChatInstances  int    // zero: one
	Gateways       int    // of WebSockets; zero: one

	Overrides map[string]string // values for ${NAME} in the services' configuration, over those chosen here
}

// System is the running backend. It is safe for concurrent use.
type System struct {
	options Options
	stores  *stores
	apiAddr string
	wsAddr  string // of the first gateway, which clients are told

	life context.Context // the services' starts may outlast Start: more are started later
	end  context.CancelFunc

	mu       sync.Mutex
	services []*instance // in the order of their making, the stopped ones too
}

// stopTimeout bounds the stop after a failed start.
const stopTimeout = 8 * time.Second

var errNoDataDir = errors.New("system: DataDir must be set")

// Start boots everything and returns when every service says that it is ready. When that fails, or ctx ends first, what was
// started is stopped again.
func Start(ctx context.Context, o Options) (*System, error) {
	if o.DataDir == "" {
		return nil, errNoDataDir
	}
	s := &System{options: o}
	s.life, s.end = context.WithCancel(context.WithoutCancel(ctx)) // Stop ends the system, not the end of ctx
	err := s.start(ctx)
	if err == nil {
		return s, nil
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopTimeout)
	defer cancel()
	return nil, errors.Join(err, s.Stop(stopping))
}

func (s *System) start(ctx context.Context) (err error) {
	if s.stores, err = openStores(ctx, s.options); err != nil {
		return err
	}
	if err = s.stores.createSchemas(ctx); err != nil {
		return err
	}
	if s.apiAddr, err = resolve(s.options.HTTPAddr); err != nil {
		return err
	}
	if s.wsAddr, err = resolve(s.options.WSAddr); err != nil {
		return err
	}
	plan := []*kind{user, auth, friend, group, api}
	for range max(s.options.ChatInstances, 1) {
		plan = append(plan, chat)
	}
	for range max(s.options.Gateways, 1) {
		plan = append(plan, gateway)
	}
	_, err = s.launch(ctx, plan...)
	return err
}

// Stop drains the services, those in front first, and closes the stores last. ctx bounds the draining. It returns when
// everything has ended, and may be called again.
func (s *System) Stop(ctx context.Context) error {
	var errs []error
	for _, phase := range stopOrder {
		errs = append(errs, stopAll(ctx, s.running(phase...)))
	}
	s.end()
	if s.stores != nil {
		errs = append(errs, s.stores.close(ctx))
	}
	return errors.Join(errs...)
}

// APIURL is where the HTTP API is: http://host:port.
func (s *System) APIURL() string { return "http://" + reachable(s.apiAddr) }

// WSURLs are where the running WebSocket gateways are, in the order of their start: ws://host:port/ws.
func (s *System) WSURLs() []string {
	var urls []string
	for _, i := range s.running(gateway) {
		urls = append(urls, wsURL(i.addr))
	}
	return urls
}

// OpsURLs are where the running services answer operators: http://host:port.
func (s *System) OpsURLs() []string {
	var urls []string
	for _, phase := range stopOrder {
		for _, i := range s.running(phase...) {
			urls = append(urls, "http://"+i.ops)
		}
	}
	return urls
}

func wsURL(addr string) string { return "ws://" + reachable(addr) + "/ws" }

// Stores are the addresses of the stores in use.
func (s *System) Stores() Addresses { return s.stores.addresses }

// Embedded are the embedded stores, for tests that take one away or empty it; a field is nil where a real server is used.
func (s *System) Embedded() Embedded { return s.stores.embedded }
