package conn

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"sync"
	"syscall"
	"time"

	"github.com/gorilla/websocket"

	"im-backend/ws-gateway/internal/frame"
	"im-backend/ws-gateway/internal/limit"
)

// Upgrader turns HTTP requests into connections of one gateway.
type Upgrader struct {
	opts     *bounds
	writer   *Writer
	handler  Handler
	upgrader websocket.Upgrader
}

// NewUpgrader makes an upgrader. fail writes the answer to a request that is no proper handshake.
func NewUpgrader(opts Options, w *Writer, h Handler, fail func(http.ResponseWriter, *http.Request, string)) *Upgrader {
	return &Upgrader{
		opts: newBounds(opts), writer: w, handler: h,
		upgrader: websocket.Upgrader{
			HandshakeTimeout: 5 * time.Second,
			WriteBufferPool:  &sync.Pool{},                             // gorilla writes nothing, so that no connection has a buffer for it
			Subprotocols:     frame.Subprotocols,                       // the client's first that is known here is taken
			CheckOrigin:      func(*http.Request) bool { return true }, // checked before, with an answer of ours
			Error: func(w http.ResponseWriter, r *http.Request, _ int, reason error) {
				fail(w, r, reason.Error())
			},
			EnableCompression: opts.Compression,
		},
	}
}

// Upgrade answers the handshake. The connection is silent until its Start; it leaves its address when it ends. When Upgrade
// fails the request has been answered, and the address is the caller's to leave.
func (u *Upgrader) Upgrade(w http.ResponseWriter, r *http.Request, id string, who Identity, from *limit.Address) (*Conn, error) {
	taken := &takeover{ResponseWriter: w}
	compressed := u.opts.Compression && takeDeflate(r.Header)
	ws, err := u.upgrader.Upgrade(taken, r, w.Header()) // with what stands there for every response
	if err != nil {
		return nil, fmt.Errorf("upgrade: %w", err)
	}
	c := newConn(id, who, u.opts, u.writer, u.handler, taken.tap.Conn)
	c.address = from
	if c.Format = frame.FormatOf(ws.Subprotocol()); compressed {
		c.Format = c.Format.Deflated()
	}
	if tcp, ok := taken.tap.Conn.(*net.TCPConn); ok && u.opts.SendBuffer > 0 {
		_ = tcp.SetWriteBuffer(u.opts.SendBuffer) // without it a stalled client costs more
	}
	if tcp, ok := taken.tap.Conn.(syscall.Conn); ok {
		c.raw, _ = tcp.SyscallConn() // without it every write takes the slow way
	}
	ws.SetReadLimit(u.opts.ReadLimit)
	ws.SetPingHandler(c.onPing)
	ws.SetPongHandler(c.onPong)
	ws.SetCloseHandler(c.onClose)
	c.ws, c.tap = ws, taken.tap
	taken.tap.conn = c
	return c, nil
}

// takeover gives gorilla a socket that we have a hand on.
type takeover struct {
	http.ResponseWriter
	tap *tap
}

// Hijack implements http.Hijacker.
func (t *takeover) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	socket, buffered, err := http.NewResponseController(t.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, fmt.Errorf("hijack: %w", err)
	}
	t.tap = newTap(socket, buffered.Reader)
	buffered.Reader = t.tap.in
	return t.tap, buffered, nil
}
