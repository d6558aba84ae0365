// Package push reaches the gateways: one stream to each, which carries events in order. It knows which gateways live (from
// Etcd) and which of them hold a user or a room (from Redis). Delivery and the timeline call it.
package push

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
	"google.golang.org/grpc"

	"im-backend/common/proto/gen/logpb"
	"im-backend/common/proto/gen/wsgatewaypb"
)

// Gateways is every living gateway and the stream to it.
type Gateways struct {
	rdb       redis.UniversalClient
	dial      Dialer
	awayUntil atomic.Int64 // unix ms: Redis did not answer, do not wait for it before

	mu    sync.RWMutex
	links map[string]*link // by gateway id
	done  bool

	joining joining
	renewer Renewer
}

// Dialer opens a connection to one gateway by its address.
type Dialer func(addr string) (*grpc.ClientConn, error)

// Renewer replaces entries, in place, by what the log says now. An error is temporary.
type Renewer interface {
	Renew(ctx context.Context, entries []*logpb.Entry) error
}

// New makes an empty set; Update fills it. What has waited for a gateway for long goes through the renewer before it is sent.
func New(rdb redis.UniversalClient, dial Dialer, r Renewer) *Gateways {
	return &Gateways{rdb: rdb, dial: dial, renewer: r, links: map[string]*link{}, joining: joining{rooms: map[string]map[*link]uint64{}}}
}

// Update takes what Etcd says: "gatewayId@host:port" for each living gateway. It opens streams to new ones and drops those
// that are gone.
func (g *Gateways) Update(values []string) {
	living := map[string]string{}
	for _, v := range values {
		if id, addr, ok := strings.Cut(v, "@"); ok {
			living[id] = addr
		}
	}
	g.mu.Lock()
	var gone []*link
	for id, l := range g.links {
		if living[id] != l.addr || g.done {
			gone = append(gone, l)
			delete(g.links, id)
		}
	}
	if !g.done {
		for id, addr := range living {
			if g.links[id] == nil {
				g.links[id] = startLink(id, addr, g.dial, g.renewer)
			}
		}
	}
	g.mu.Unlock()
	for _, l := range gone {
		l.stop()
	}
}

// Close ends every stream.
func (g *Gateways) Close() {
	g.mu.Lock()
	g.done = true
	g.mu.Unlock()
	g.Update(nil)
}

func (g *Gateways) all() map[string]*link {
	g.mu.RLock()
	defer g.mu.RUnlock()
	links := make(map[string]*link, len(g.links))
	for id, l := range g.links {
		links[id] = l
	}
	return links
}

// Push queues an event for the gateways that may hold somebody it goes to. It never blocks: a gateway that does not keep up
// loses events, which its clients find by their gaps and heads.
func (g *Gateways) Push(w *Where, item *wsgatewaypb.PushItem) {
	for _, l := range w.linksFor(item) {
		at, taken := l.enqueue(item)
		if taken && item.GetRoom() != "" && len(item.GetUserIds()) > 0 {
			w.roomLinks[item.GetRoom()] = addLink(w.roomLinks[item.GetRoom()], l)
			g.joining.note(item.GetRoom(), l, at)
		}
	}
}

// flushTimeout bounds how long a flush waits for one slow gateway.
const flushTimeout = time.Second

// Flush waits until the gateways have acknowledged what was queued before, or a moment has passed.
func (g *Gateways) Flush() {
	deadline := time.Now().Add(flushTimeout)
	for _, l := range g.all() {
		l.flush(deadline)
	}
}
