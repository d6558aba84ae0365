package hub

import (
	"sync"
	"time"

	"im-backend/ws-gateway/internal/conn"
	"im-backend/ws-gateway/internal/frame"
)

// spokes is how many parts a heartbeat has; a quarter of them is how often silence is looked for.
const spokes = 32

// wheel spreads the heartbeats of all connections over time: one ticker, and no timer for a connection.
type wheel struct {
	mu      sync.Mutex
	buckets [spokes][]*conn.Conn
	next    int32
}

func newWheel() *wheel { return &wheel{} }

func (w *wheel) add(c *conn.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.next = (w.next + 1) % spokes
	c.Slot.Bucket, c.Slot.Index = w.next, int32(len(w.buckets[w.next]))
	w.buckets[w.next] = append(w.buckets[w.next], c)
}

func (w *wheel) remove(c *conn.Conn) {
	w.mu.Lock()
	defer w.mu.Unlock()
	bucket := w.buckets[c.Slot.Bucket]
	last := len(bucket) - 1
	moved := bucket[last]
	bucket[c.Slot.Index], moved.Slot.Index = moved, c.Slot.Index
	bucket[last] = nil
	w.buckets[c.Slot.Bucket] = bucket[:last]
}

// bucket copies one bucket into dst.
func (w *wheel) bucket(i int, dst []*conn.Conn) []*conn.Conn {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append(dst, w.buckets[i%spokes]...)
}

// turn pings, looks for silence and has heads asked for until the hub ends.
func (h *Hub) turn() {
	ticker := time.NewTicker(max(h.opts.Heartbeat/spokes, time.Millisecond))
	defer ticker.Stop()
	var some, ready []*conn.Conn
	for i := 0; ; i++ {
		select {
		case <-h.ctx.Done():
			return
		case now := <-ticker.C:
			ready = ready[:0]
			for quarter := range 4 {
				some = h.wheel.bucket(i+quarter*spokes/4, some[:0])
				ready = h.beat(some, now, quarter == 0, ready)
			}
			h.writer.Add(ready...)
			h.heads.fallDue(i % spokes)
			clear(some[:cap(some)])
			clear(ready)
		}
		if i%spokes == 0 {
			h.forgetEnded()
		}
	}
}

// beat closes the connections that were silent for two heartbeats, or in whose message nothing moves on, and pings the others.
func (h *Hub) beat(conns []*conn.Conn, now time.Time, ping bool, ready []*conn.Conn) []*conn.Conn {
	for _, c := range conns {
		switch {
		case now.Sub(c.Seen()) >= 2*h.opts.Heartbeat, c.Stalled(now):
			if c.QueueClose(frame.CloseHeartbeatMissed) {
				ready = append(ready, c)
			}
		case ping && c.Queue(frame.Ping):
			ready = append(ready, c)
		}
	}
	return ready
}
