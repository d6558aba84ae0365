package hub

import (
	"context"
	"time"

	"im-backend/ws-gateway/internal/conn"
	"im-backend/ws-gateway/internal/frame"
)

// perGoAway is how much of the spread one connection takes, so that a few are not kept waiting for nothing.
const perGoAway = time.Millisecond

// Drain takes no more connections, tells those that are here to go, waits until finish returns (what they asked is answered)
// and closes them. It returns when none is left; what is still there when ctx ends is cut off.
func (h *Hub) Drain(ctx context.Context, finish func(ctx context.Context)) {
	if h.draining.Swap(true) {
		return
	}
	h.mu.Lock()
	h.emptyLocked()
	h.mu.Unlock()
	h.leave() // nobody waits for a hello any more
	conns := h.all()
	spread := min(h.opts.DrainSpread, time.Duration(len(conns))*perGoAway)
	h.spread(ctx, conns, spread, func(c *conn.Conn) { c.Send(c.Format.Codec().GoAway(h.reconnectAfter())) })
	finish(ctx)
	h.spread(ctx, h.all(), spread, func(c *conn.Conn) { c.Close(frame.CloseGoingAway) })
	select {
	case <-h.empty:
	case <-ctx.Done():
		for _, c := range h.all() {
			c.Cut()
		}
		<-h.empty
	}
}

// emptyLocked notes that a draining hub has no connection left. One that comes in after that is closed at once; its goroutine
// is waited for by the owner.
func (h *Hub) emptyLocked() {
	if h.open == 0 && h.draining.Load() {
		h.gone.Do(func() { close(h.empty) })
	}
}

// spread does something to every connection, evenly over a time, and at once when ctx has ended.
func (h *Hub) spread(ctx context.Context, conns []*conn.Conn, over time.Duration, do func(*conn.Conn)) {
	const steps = 20
	size := len(conns)/steps + 1
	for i, c := range conns {
		do(c)
		if over > 0 && i%size == size-1 {
			select {
			case <-ctx.Done():
			case <-time.After(over / steps):
			}
		}
	}
}

// Stop ends what Start began; the connections are gone by then.
func (h *Hub) Stop() { h.cancel() }
