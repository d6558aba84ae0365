package embedded

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// redisTick is how exact expiry is.
const redisTick = 100 * time.Millisecond

// Redis is a Redis in memory. It holds sessions and caches only, so a restart logs users out and loses nothing else.
type Redis struct {
	addr string

	server   *miniredis.Miniredis
	stopping chan struct{}
	ticking  sync.WaitGroup
}

// NewRedis chooses the address of a server.
func NewRedis() (*Redis, error) {
	addr, err := FreeAddr()
	if err != nil {
		return nil, err
	}
	return &Redis{addr: addr}, nil
}

// Addr is host:port for clients.
func (r *Redis) Addr() string { return r.addr }

// Start serves, with nothing in it.
func (r *Redis) Start(context.Context) error {
	server := miniredis.NewMiniRedis()
	if err := server.StartAddr(r.addr); err != nil {
		return fmt.Errorf("start redis: %w", err)
	}
	r.server, r.stopping = server, make(chan struct{})
	r.ticking.Go(func() { tick(server, r.stopping) })
	return nil
}

// tick makes time pass: by itself the server's keys never expire. Its own clock option looks at every key on every command.
func tick(server *miniredis.Miniredis, stopping <-chan struct{}) {
	ticker := time.NewTicker(redisTick)
	defer ticker.Stop()
	last := time.Now()
	for {
		select {
		case <-ticker.C:
			now := time.Now()
			server.FastForward(now.Sub(last))
			last = now
		case <-stopping:
			return
		}
	}
}

// FlushAll empties the server, for tests of what must survive that.
func (r *Redis) FlushAll() { r.server.FlushAll() }

// Stop ends the server; what it held is gone.
func (r *Redis) Stop(context.Context) error {
	if r.server == nil {
		return nil
	}
	close(r.stopping)
	r.ticking.Wait()
	r.server.Close()
	r.server = nil
	return nil
}
