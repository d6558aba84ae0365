// Package proxytest has a TCP proxy for tests: it stands between two parts of the system and plays what networks and dying
// machines do. With several targets it is a load balancer. Only tests use it.
package proxytest

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	dialTimeout = time.Second
	bufferBytes = 32 << 10 // of one direction of a connection
)

// Proxy forwards connections to its targets in turn; a target that does not answer is passed over. It runs until the test
// ends.
type Proxy struct {
	targets  []string
	listener net.Listener
	running  sync.WaitGroup

	mu      sync.Mutex
	changed *sync.Cond
	pairs   map[*pair]bool
	next    int        // the target of the next connection
	frozen  bool       // nothing passes
	refuses bool       // new connections are closed at once
	budget  func() int // of a new connection, see CutAfter; nil: none
	stopped bool
}

// pair is one connection and its other half.
type pair struct {
	client, server net.Conn
	lost           bool // nothing passes any more
	left           int  // bytes that the client still gets; negative: no end
}

// Start runs a proxy on a loopback port.
func Start(t testing.TB, targets ...string) *Proxy {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	p := &Proxy{targets: targets, listener: listener, pairs: map[*pair]bool{}}
	p.changed = sync.NewCond(&p.mu)
	p.running.Go(p.accept)
	t.Cleanup(p.stop)
	return p
}

// Addr is host:port for clients.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Freeze holds everything back, or lets it pass again: connections stay open and silent, as behind a cable that is out.
func (p *Proxy) Freeze(frozen bool) { p.set(func() { p.frozen = frozen }) }

// Refuse closes new connections at once, or lets them pass again.
func (p *Proxy) Refuse(refuses bool) { p.set(func() { p.refuses = refuses }) }

// Lose freezes the present connections for good; new ones pass.
func (p *Proxy) Lose() {
	p.set(func() {
		for one := range p.pairs {
			one.lost = true
		}
	})
}

// Cut breaks the present connections.
func (p *Proxy) Cut() {
	p.set(func() {
		for one := range p.pairs {
			one.close()
		}
	})
}

// CutAfter breaks each new connection when its client has got as many bytes as budget says, which is asked for each; nil ends
// that.
func (p *Proxy) CutAfter(budget func() int) { p.set(func() { p.budget = budget }) }

func (p *Proxy) set(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
	p.changed.Broadcast()
}

func (p *Proxy) stop() {
	p.set(func() { p.stopped = true })
	_ = p.listener.Close()
	p.Cut()
	p.running.Wait()
}

func (p *Proxy) accept() {
	for {
		client, err := p.listener.Accept()
		if err != nil {
			return
		}
		p.running.Go(func() { p.serve(client) })
	}
}

func (p *Proxy) serve(client net.Conn) {
	server := p.dial()
	one := &pair{client: client, server: server}
	if server == nil || !p.add(one) {
		one.close()
		return
	}
	var back sync.WaitGroup
	back.Go(func() { p.pump(one, client, server) })
	p.pump(one, server, client)
	back.Wait()
	p.set(func() { delete(p.pairs, one) })
}

// dial connects to the next target that answers; nil when none does.
func (p *Proxy) dial() net.Conn {
	for range p.targets {
		p.mu.Lock()
		target := p.targets[p.next%len(p.targets)]
		p.next++
		p.mu.Unlock()
		ctx, cancel := context.WithTimeout(context.Background(), dialTimeout)
		server, err := (&net.Dialer{}).DialContext(ctx, "tcp", target)
		cancel()
		if err == nil {
			return server
		}
	}
	return nil
}

func (p *Proxy) add(one *pair) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped || p.refuses {
		return false
	}
	p.pairs[one] = true
	if one.left = -1; p.budget != nil {
		one.left = p.budget()
	}
	return true
}

// pump carries one direction until either side ends, which ends both.
func (p *Proxy) pump(one *pair, to, from net.Conn) {
	defer one.close()
	buffer := make([]byte, bufferBytes)
	for {
		n, err := from.Read(buffer)
		p.wait(one)
		if to == one.client && one.left >= 0 { // only this direction's goroutine counts
			cut := one.left
			if one.left -= n; one.left <= 0 {
				_, _ = to.Write(buffer[:min(n, cut)])
				return
			}
		}
		if _, failed := to.Write(buffer[:n]); failed != nil || err != nil {
			return
		}
	}
}

// wait returns when something may pass.
func (p *Proxy) wait(one *pair) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for (p.frozen || one.lost) && !p.stopped {
		p.changed.Wait()
	}
}

func (one *pair) close() {
	_ = one.client.Close()
	if one.server != nil {
		_ = one.server.Close()
	}
}
