// Package chatlink carries sends to chat-service: one long-lived stream for each instance, on which sends of all connections
// travel in batches. A conversation's sends meet in one instance, chosen by rendezvous hashing, and keep their order whatever
// happens to streams and instances. It does not know connections; it answers each send once, through its callback.
package chatlink

import (
	"context"
	"sync"
	"time"

	"github.com/cespare/xxhash/v2"
	"google.golang.org/grpc"

	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/utils/errs"
)

// Options are the bounds of the links.
type Options struct {
	Deadline time.Duration `json:",default=5s"`   // from a send until it is answered, TIMEOUT at the latest
	Stall    time.Duration `json:",default=3s"`   // without any answer, while some are due, until a stream is given up
	Queue    int           `json:",default=8192"` // sends under way on one link; more are UNAVAILABLE at once
}

// Dialer opens a connection to one instance by its address.
type Dialer func(addr string) (*grpc.ClientConn, error)

// Done takes the answer of a send, exactly once; it must not block.
type Done func(*chatpb.SendResponse, error)

// send is one send under way.
type send struct {
	id       uint64
	lane     *lane
	request  *chatpb.SendRequest
	done     Done
	deadline time.Time
	sent     bool // it was on a stream: whether it is stored is unknown
	retried  bool
}

// lane is one conversation with sends under way. As long as there are some, new ones take the same link, and when the link
// breaks they all move together: that is what keeps their order when instances come and go.
type lane struct {
	conversation string
	link         *link
	underWay     int
}

// Pool is the links to all instances.
type Pool struct {
	opts  Options
	dial  Dialer
	ctx   context.Context //nolint:containedctx // the life of the streams
	stop  context.CancelFunc
	owner sync.WaitGroup

	mu     sync.Mutex
	links  map[string]*link
	lanes  map[string]*lane
	lastID uint64
	closed bool
}

// New makes a pool without instances.
func New(o Options, dial Dialer) *Pool {
	ctx, cancel := context.WithCancel(context.Background())
	p := &Pool{opts: o, dial: dial, ctx: ctx, stop: cancel, links: map[string]*link{}, lanes: map[string]*lane{}}
	p.owner.Go(p.sweep)
	return p
}

// SetInstances says which instances there are. One that has gone keeps what it has under way and is closed after that.
func (p *Pool) SetInstances(addrs []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return
	}
	listed := make(map[string]bool, len(addrs))
	for _, addr := range addrs {
		listed[addr] = true
		if p.links[addr] == nil {
			l := newLink(p, addr)
			p.links[addr] = l
			p.owner.Go(l.run)
		}
	}
	for addr, l := range p.links {
		l.retired = !listed[addr]
	}
}

// Send sends a message to a conversation. Sends of one conversation that are given one after the other are stored in that
// order. done gets TIMEOUT when nobody knows whether it was stored, UNAVAILABLE when it was not or the queue is full, and
// chat-service's own refusals.
func (p *Pool) Send(conversation string, request *chatpb.SendRequest, done Done) {
	if err := p.submit(conversation, request, done); err != nil {
		done(nil, err)
	}
}

func (p *Pool) submit(conversation string, request *chatpb.SendRequest, done Done) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return errs.ErrUnavailable
	}
	ln := p.lanes[conversation]
	if ln == nil {
		l := p.pick(conversation, nil)
		if l == nil {
			return errs.ErrUnavailable
		}
		ln = &lane{conversation: conversation, link: l}
	}
	if ln.link.size() >= p.opts.Queue {
		return errs.ErrUnavailable.After(time.Second)
	}
	p.lanes[conversation] = ln
	ln.underWay++
	p.lastID++
	ln.link.push(&send{
		id: p.lastID, lane: ln, request: request, done: done, deadline: time.Now().Add(p.opts.Deadline),
	})
	return nil
}

// pick chooses the instance of a conversation: the highest hash among those that are up, else among all. not is left out
// unless it is the only one.
func (p *Pool) pick(conversation string, not *link) *link {
	var best *link
	var bestRank int
	var bestHash uint64
	for _, l := range p.links {
		rank := l.rank()
		if l == not {
			rank = -1
		}
		hash := l.hash(conversation)
		if best == nil || rank > bestRank || (rank == bestRank && hash > bestHash) {
			best, bestRank, bestHash = l, rank, hash
		}
	}
	return best
}

// hash is how much an instance wants a conversation.
func (l *link) hash(conversation string) uint64 {
	var d xxhash.Digest
	d.Reset()
	_, _ = d.WriteString(l.addr) // a digest takes everything
	_, _ = d.WriteString(conversation)
	return d.Sum64()
}

// settle takes a send off its lane. mu is held.
func (p *Pool) settle(s *send) {
	if s.lane.underWay--; s.lane.underWay == 0 {
		delete(p.lanes, s.lane.conversation)
	}
}

// reroute moves the sends of a broken link, in order, to other links, each once; the others are over. It answers those.
func (p *Pool) reroute(from *link) (over []*send) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, s := range from.takeAll() {
		if s.lane.link == from {
			if to := p.pick(s.lane.conversation, from); to != nil {
				s.lane.link = to
			}
		}
		if s.retried || p.closed || p.links[s.lane.link.addr] != s.lane.link {
			p.settle(s)
			over = append(over, s)
			continue
		}
		s.retried = s.sent // what never left has not used its one retry
		s.lane.link.push(s)
	}
	return over
}

// Close ends the streams; what is under way is answered UNAVAILABLE.
func (p *Pool) Close() {
	p.mu.Lock()
	p.closed = true
	p.mu.Unlock()
	p.stop()
	p.owner.Wait()
}
