package limit

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"im-backend/common/utils/errs"
)

// GateOptions bound connections; a handshake under way counts as one.
type GateOptions struct {
	MaxConnections int     `json:",default=100000"` // of the gateway
	MaxPerAddress  int     `json:",default=1000"`   // of one address
	MaxHandshaking int     `json:",default=1000"`   // sockets of one address, other than a trusted proxy's, that are no connections yet
	Handshakes     float64 `json:",default=100"`    // a second from one address in the long run
	HandshakeBurst float64 `json:",default=1000"`   // from one address at once
}

// comeBack is about when somebody may try again who has too many connections: they do not go away by waiting a moment.
const comeBack = 10 * time.Second

// shards is how many parts the addresses are kept in, each with a lock of its own.
const shards = 32

// few is a number below which sweeping is not worth it.
const few = 16

// Gate counts the connections and handshakes of every address. It remembers an address as long as it has a connection, or has
// made so many handshakes, or sent so much, that they still count.
type Gate struct {
	opts   GateOptions
	open   atomic.Int64
	shards [shards]shard
}

type shard struct {
	mu        sync.Mutex
	addresses map[key]*Address
	sweepAt   int // addresses at which those are forgotten that count no more
}

// Address is what the connections of one address have in common. An IPv6 host chooses among the addresses of its network, so
// that all of a /64 are one.
type Address struct {
	Budget // of all connections of the address

	gate       *Gate
	key        key
	conns      int    // guarded by the shard's lock, as is handshakes
	handshakes Bucket // full as long as few came
}

// NewGate makes a gate that nobody has come through.
func NewGate(o GateOptions) *Gate {
	g := &Gate{opts: o}
	for i := range g.shards {
		g.shards[i].addresses = map[key]*Address{}
	}
	return g
}

// Enter counts one more connection of an address until its Leave. Errors: RATE_LIMITED, with when to come back.
func (g *Gate) Enter(addr netip.Addr) (*Address, error) {
	if g.open.Add(1) > int64(g.opts.MaxConnections) {
		g.open.Add(-1)
		refusedConnections.Inc()
		return nil, errs.ErrRateLimited.Saying("the gateway has too many connections").After(spread(comeBack))
	}
	k := keyOf(addr)
	s := g.shard(k)
	s.mu.Lock()
	defer s.mu.Unlock()
	a, err := s.enter(g, k, At(time.Now()))
	if err != nil {
		g.open.Add(-1)
		return nil, err
	}
	return a, nil
}

func (s *shard) enter(g *Gate, k key, now Instant) (*Address, error) {
	a := s.addresses[k]
	if a == nil {
		s.sweep(now)
		a = &Address{gate: g, key: k}
		s.addresses[k] = a
	}
	if a.conns >= g.opts.MaxPerAddress {
		refusedAddressConnections.Inc()
		return nil, errs.ErrRateLimited.Saying("too many connections from this address").After(spread(comeBack))
	}
	if wait := a.handshakes.Take(Rate{g.opts.Handshakes, g.opts.HandshakeBurst}, now, 1); wait > 0 {
		refusedAddressHandshakes.Inc()
		return nil, errs.ErrRateLimited.Saying("too many handshakes from this address").After(wait + spread(time.Second))
	}
	a.conns++
	return a, nil
}

// Leave takes a connection of the address back. It is called once for each that entered.
func (a *Address) Leave() {
	a.gate.open.Add(-1)
	s := a.gate.shard(a.key)
	s.mu.Lock()
	defer s.mu.Unlock()
	a.conns--
	if a.forgettable(At(time.Now())) {
		delete(s.addresses, a.key)
	}
}

func (a *Address) forgettable(now Instant) bool {
	return a.conns == 0 && a.handshakes.isFull(now) && a.isFull(now)
}

// sweep forgets the addresses that count no more, whenever there are twice as many as the last one left.
func (s *shard) sweep(now Instant) {
	if len(s.addresses) < max(few, s.sweepAt) {
		return
	}
	for k, a := range s.addresses {
		if a.forgettable(now) {
			delete(s.addresses, k)
		}
	}
	s.sweepAt = 2 * len(s.addresses)
}

// key is an IPv4 address, or the network of an IPv6 address. The networks that it would mix up with IPv4 are no one's.
type key uint64

func keyOf(addr netip.Addr) key {
	if addr = addr.Unmap(); addr.Is4() {
		four := addr.As4()
		return key(binary.BigEndian.Uint32(four[:]))
	}
	sixteen := addr.As16()
	return key(binary.BigEndian.Uint64(sixteen[:8]))
}

func (g *Gate) shard(k key) *shard {
	const mix = 0x9e3779b97f4a7c15 // spreads neighbours
	return &g.shards[uint64(k)*mix>>59]
}

// spread is a random time between half of d and one and a half, so that those who wait do not come back together.
func spread(d time.Duration) time.Duration {
	return d/2 + rand.N(d+1) //nolint:gosec // spreads load
}
