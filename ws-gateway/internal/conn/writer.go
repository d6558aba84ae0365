package conn

import (
	"bytes"
	"errors"
	"runtime"
	"slices"
	"sync"
	"time"

	"im-backend/ws-gateway/internal/frame"
)

// batchBytes is about how much is joined into one write.
const batchBytes = 64 << 10

// Writer writes for all connections of a gateway. A few goroutines take connections that have frames waiting, join the
// frames and write them without ever waiting for a socket; a connection whose socket is full gets a goroutine of its own,
// with a deadline, until it has caught up. So a stalled client holds up nobody, and while the writers are busy the frames of
// a connection gather for its next write.
type Writer struct {
	owner *sync.WaitGroup

	mu      sync.Mutex
	wake    sync.Cond
	ready   []*Conn
	stopped bool
}

// NewWriter starts a Writer; its goroutines, and those of the connections, belong to owner.
func NewWriter(owner *sync.WaitGroup) *Writer {
	w := &Writer{owner: owner}
	w.wake.L = &w.mu
	for range max(2, runtime.GOMAXPROCS(0)) {
		owner.Go(w.run)
	}
	return w
}

// Add hands connections over that have frames waiting: those whose Queue answered true.
func (w *Writer) Add(conns ...*Conn) {
	if len(conns) == 0 {
		return
	}
	w.mu.Lock()
	w.ready = append(w.ready, conns...)
	w.mu.Unlock()
	if len(conns) == 1 {
		w.wake.Signal()
	} else {
		w.wake.Broadcast()
	}
}

// Stop ends the writers when everything is written; connections have to be closed before.
func (w *Writer) Stop() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.stopped = true
	w.wake.Broadcast()
}

// take waits for connections and moves some of them into dst; it answers none when the Writer has stopped.
func (w *Writer) take(dst []*Conn) []*Conn {
	const some = 16 // few enough for the other writers to have work too
	w.mu.Lock()
	defer w.mu.Unlock()
	for len(w.ready) == 0 && !w.stopped {
		w.wake.Wait()
	}
	n := min(some, len(w.ready))
	dst = append(dst, w.ready[:n]...)
	clear(w.ready[:n])
	if w.ready = w.ready[n:]; len(w.ready) == 0 {
		w.ready = nil
	}
	return dst
}

func (w *Writer) run() {
	p := newPen()
	conns := make([]*Conn, 0, 16)
	for {
		conns = w.take(conns[:0])
		if len(conns) == 0 {
			return
		}
		for _, c := range conns {
			w.write(c, p)
		}
		clear(conns)
	}
}

// write makes one write for a connection. What the socket did not take goes on in a goroutine of its own.
func (w *Writer) write(c *Conn, p *pen) {
	data := c.takeFrames(p)
	n, err := p.try(c.raw, data)
	switch {
	case err != nil && !errors.Is(err, errWouldBlock):
		c.broken()
	case n < len(data):
		rest := data[n:]
		if len(p.frames) > 1 {
			rest = bytes.Clone(rest) // joined in memory that is used again
		}
		w.owner.Go(func() { c.writeSlowly(rest) })
	case c.written():
		w.Add(c)
	}
}

// takeFrames takes frames for one write and joins them; a single frame is not copied.
func (c *Conn) takeFrames(p *pen) []byte {
	c.mu.Lock()
	size, n := 0, 0
	p.frames = p.frames[:0]
	for n < len(c.queue) && (n == 0 || size+len(c.queue[n].data) <= batchBytes) {
		size += len(c.queue[n].data)
		p.frames = append(p.frames, c.queue[n].data)
		n++
	}
	rest := copy(c.queue, c.queue[n:])
	clear(c.queue[rest:])
	if c.queue = c.queue[:rest]; rest == 0 && cap(c.queue) > 8 {
		c.queue = nil // idle connections keep little
	}
	c.queued = max(0, c.queued-size)
	c.mu.Unlock()
	framesOut.Add(float64(n))
	return p.join()
}

// written ends a write and reports whether more frames wait.
func (c *Conn) written() (more bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.queue) > 0 {
		return true
	}
	c.writing, c.owed = false, 0
	if c.closing {
		c.flushedLocked()
	}
	return false
}

// flushedLocked is called when the close frame is out: the client gets a moment to answer it.
func (c *Conn) flushedLocked() {
	if c.readDone {
		_ = c.socket.Close()
		return
	}
	if soon := time.Now().Add(c.opts.CloseTimeout); soon.Before(c.cutoff) {
		_ = c.socket.SetReadDeadline(soon)
	}
}

// broken gives a connection up: its socket cannot be written any more.
func (c *Conn) broken() {
	c.mu.Lock()
	defer c.mu.Unlock()
	clear(c.queue)
	c.queue, c.queued, c.writing = nil, 0, false
	if !c.closing {
		c.closing, c.code = true, frame.CloseAbnormal
	}
	_ = c.socket.Close() // the reader sees it
}

// writeSlowly writes to a socket that is full, waiting for it, until nothing is left.
func (c *Conn) writeSlowly(data []byte) {
	p := newPen()
	for more := true; more; {
		if err := c.writeWaiting(data); err != nil {
			c.broken()
			return
		}
		if more = c.written(); more {
			data = c.takeFrames(p)
		}
	}
}

// writeWaiting writes piece by piece: a client that takes some of a large answer within each timeout is slow, but alive.
func (c *Conn) writeWaiting(data []byte) error {
	for piece := range slices.Chunk(data, batchBytes) {
		if err := c.writePiece(piece); err != nil {
			return err
		}
	}
	return nil
}

func (c *Conn) writePiece(data []byte) error {
	c.mu.Lock()
	deadline := time.Now().Add(c.opts.WriteTimeout)
	if c.closing && c.cutoff.Before(deadline) {
		deadline = c.cutoff
	}
	err := c.socket.SetWriteDeadline(deadline) // under the lock: a close must not be overruled
	c.mu.Unlock()
	if err == nil {
		_, err = c.socket.Write(data)
	}
	if err != nil {
		return err //nolint:wrapcheck // it ends the connection and is shown to nobody
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return nil
	}
	return c.socket.SetWriteDeadline(time.Time{}) //nolint:wrapcheck // as above
}
