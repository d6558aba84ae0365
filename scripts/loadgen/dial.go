package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/gorilla/websocket"
)

const handshakeTimeout = 20 * time.Second

// writeBuffers are shared: thousands of connections write rarely.
var writeBuffers = &sync.Pool{}

// device is whose connection it is.
type device struct {
	person    *person
	onMessage func(*socket, *entry) // nil: entries are checked only
	earlier   *socket               // its last connection, which has ended: it has to catch up from there; nil: it is new
	sleeper   bool                  // it will stop reading, see sleep
}

// refusal is a handshake that the server has answered otherwise.
type refusal struct {
	status     int
	retryAfter time.Duration
}

// Error implements error.
func (r *refusal) Error() string { return fmt.Sprintf("handshake refused with %d", r.status) }

// refused reads a refusal. The body knows milliseconds, the header whole seconds.
func refused(resp *http.Response) *refusal {
	seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
	r := &refusal{status: resp.StatusCode, retryAfter: time.Duration(seconds) * time.Second}
	var problem struct {
		RetryAfterMs int64 `json:"retryAfterMs"`
	}
	if json.NewDecoder(resp.Body).Decode(&problem) == nil && problem.RetryAfterMs > 0 {
		r.retryAfter = time.Duration(problem.RetryAfterMs) * time.Millisecond
	}
	return r
}

// dial opens a connection and reads its hello.
func (w *world) dial(ctx context.Context, d device, url string) (*socket, error) {
	dialer := websocket.Dialer{
		NetDialContext: w.dialer(d.sleeper), HandshakeTimeout: handshakeTimeout, ReadBufferSize: 2048, WriteBufferSize: 1024,
		WriteBufferPool: writeBuffers, Subprotocols: []string{"im.v1.json"},
	}
	header := http.Header{"Authorization": {"Bearer " + d.person.client.Tokens().AccessToken}}
	ws, resp, err := dialer.DialContext(ctx, url, header)
	if resp != nil {
		defer func() { _ = resp.Body.Close() }()
	}
	if err != nil {
		if resp != nil {
			return nil, refused(resp)
		}
		return nil, fmt.Errorf("dial: %w", err)
	}
	s := &socket{
		world: w, person: d.person, ws: ws, onMessage: d.onMessage, sleeper: d.sleeper, ended: make(chan struct{}),
		positions: map[string]*position{},
	}
	if d.earlier != nil {
		s.positions, s.synced, s.lenient = d.earlier.positions, d.earlier.synced, true
		s.catching = &catching{} // before anything can be pushed: it comes after what was missed
	}
	ws.SetReadLimit(64 << 20) // pages of a sync are large
	ws.SetPingHandler(func(data string) error {
		s.writing.Lock()
		defer s.writing.Unlock()
		_ = ws.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(writeTimeout)) // the reader sees it broken
		return nil
	})
	if err := s.greeted(); err != nil {
		_ = ws.Close()
		return nil, err
	}
	w.readers.Go(s.read)
	return s, nil
}

// dialer answers a function that connects from the next of the source addresses: one address has some 28,000 ports only, and
// servers limit what one may do. A narrow connection holds little on its way, see narrow.
func (w *world) dialer(isNarrow bool) func(ctx context.Context, network, addr string) (net.Conn, error) {
	from := net.IPv4(127, 0, 0, byte(2+w.nextSource.Add(1)%int64(w.opts.addresses)))
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: from}, Timeout: handshakeTimeout, KeepAlive: -1}
	if isNarrow {
		d.Control = narrow
	}
	return d.DialContext
}

// narrow makes a connection hold half a megabyte on its way at the most. Over loopback the kernel takes up to 4 MB otherwise,
// and a server sees only much later that nobody reads. Both sizes count only when they are set before the connection is made.
func narrow(_, _ string, c syscall.RawConn) error {
	const (
		receiveBuffer = 4 << 10
		segment       = 536 // the least; what the other side sends ahead grows with it, and loopback's is 64 KiB
	)
	var failed error
	err := c.Control(func(fd uintptr) {
		failed = errors.Join(
			syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, receiveBuffer),
			syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_MAXSEG, segment),
		)
	})
	return errors.Join(err, failed)
}
