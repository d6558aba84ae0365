// Package conn is one live connection: its reader, its bounded outbound queue and its end. An idle connection costs one shallow
// goroutine. Everything that is written, gorilla's own control frames included, goes through the queue and the Writer; nobody
// else touches the socket. It does not know rooms, users' other connections or what requests mean.
package conn

import (
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/gorilla/websocket"

	"im-backend/common/model"
	"im-backend/common/proto/gen/logpb"
	"im-backend/ws-gateway/internal/frame"
	"im-backend/ws-gateway/internal/limit"
)

// Options are the bounds of every connection of a gateway.
type Options struct {
	ReadLimit int64 `json:",default=65536"` // bytes of one message to the server, inflated ones too; more closes with 1009

	MessageTimeout time.Duration `json:",default=30s"` // from the first frame of a message to its last; longer closes with 4001

	QueueFrames  int           `json:",default=1024"`    // frames that wait at the most; more closes with 4002
	QueueBytes   int           `json:",default=1048576"` // bytes that wait at the most; more closes with 4002
	SendBuffer   int           `json:",default=131072"`  // bytes that the system keeps besides; zero: as it likes, megabytes for a stalled client
	WriteTimeout time.Duration `json:",default=10s"`     // for one write to a socket that does not take it at once
	CloseTimeout time.Duration `json:",default=900ms"`   // from a close until the socket is cut off
	Rate         float64       `json:",default=1000"`    // frames a second that the client may send in the long run
	Burst        float64       `json:",default=2000"`    // frames that it may send at once
	ByteRate     float64       `json:",default=1048576"` // bytes a second of the socket in the long run
	ByteBurst    float64       `json:",default=4194304"` // bytes of the socket at once; at least WireLimit
	UserRate     float64       `json:",default=2000"`    // frames a second of all connections of a user in the long run
	UserBurst    float64       `json:",default=4000"`    // frames of all connections of a user at once
	AddressRate  float64       `json:",default=20000"`   // frames a second of all connections of an address in the long run
	AddressBurst float64       `json:",default=40000"`   // frames of all connections of an address at once

	UserByteRate     float64 `json:",default=2097152"`  // bytes a second of all connections of a user in the long run
	UserByteBurst    float64 `json:",default=8388608"`  // bytes of all connections of a user at once; at least WireLimit
	AddressByteRate  float64 `json:",default=20971520"` // bytes a second of all connections of an address in the long run
	AddressByteBurst float64 `json:",default=83886080"` // bytes of all connections of an address at once; at least WireLimit

	RefusedRate  float64 `json:",default=10"`   // refused frames a second in the long run
	RefusedLimit float64 `json:",default=1000"` // refused frames at once; more close with 4003
	ControlRate  float64 `json:",default=10"`   // pings and pongs a second from the client in the long run
	ControlBurst float64 `json:",default=100"`  // pings and pongs at once; more close with 4003
	Malformed    int     `json:",default=10"`   // malformed frames in a minute until the close with 4503

	UserMalformed    float64 `json:",default=50"`   // malformed frames of all connections of a user at once and in a minute; more close with 4503
	AddressMalformed float64 `json:",default=1000"` // malformed frames of all connections of an address, likewise

	Compression bool `json:",default=false"` // permessage-deflate, for clients that offer it
}

// Identity is whose connection it is, as the credential said; a frame never says it.
type Identity struct {
	User     model.UserID
	Session  int64
	Device   string
	Platform string
}

// Message is one data frame of the client.
type Message struct {
	Payload []byte
	Binary  bool
	Wait    time.Duration // over a rate limit: to be refused, and to come again after so long; zero: within
}

// queued is a frame that waits, and the entry that it tells, if it does.
type queued struct {
	data  []byte
	entry *logpb.Entry
}

// Handler is who a connection reports to.
type Handler interface {
	// Receive takes the next message; the connection reads no further until it returns. Messages of one connection come in
	// order, one at a time.
	Receive(c *Conn, m Message)
	// Closed is called once, when the reader has ended; nothing is received after it.
	Closed(c *Conn, code int)
}

// Conn is one connection. Its methods are safe for concurrent use and none of them blocks.
type Conn struct {
	Identity
	ID string

	// Window counts frames that are not done yet; it belongs to the handler of requests.
	Window Window
	// Calls belongs to the handler of requests; it is nil until there was one.
	Calls atomic.Pointer[Calls]
	// Typing belongs to the one of the handler's crew that works on the connection's requests.
	Typing Typing
	// Budget is what all connections of the user share; the hub sets it before Start.
	Budget *limit.User
	// Slot is the connection's place on the heartbeat wheel and belongs to it.
	Slot struct{ Bucket, Index int32 }

	opts    *bounds
	writer  *Writer
	handler Handler
	socket  net.Conn
	raw     syscall.RawConn // nil: sockets that cannot be tried
	ws      *websocket.Conn
	tap     *tap // of the reader alone
	address *limit.Address
	seen    atomic.Int64 // unix milliseconds of the client's last frame
	begun   atomic.Int64 // unix milliseconds of the first frame of the message under way; zero between messages
	budget  budget       // of the reader alone
	faults  faults       // of the handler's goroutine alone

	mu       sync.Mutex
	queue    []queued
	queued   int       // bytes in queue
	owed     int       // bytes of answers since the queue was last empty
	cutoff   time.Time // when a closing connection is cut off
	code     int16     // of the close, once closing
	held     bool      // until hello, which comes first
	writing  bool      // the Writer has it or will have it
	closing  bool      // nothing is queued any more
	readDone bool      // the reader has ended

	// Format is what data frames to and from the client are; it does not change.
	Format frame.Format
}

// newConn makes a connection that is silent until Start; its events wait for the hello.
func newConn(id string, who Identity, opts *bounds, w *Writer, h Handler, socket net.Conn) *Conn {
	c := &Conn{ID: id, Identity: who, opts: opts, writer: w, handler: h, socket: socket, held: true}
	c.seen.Store(time.Now().UnixMilli())
	return c
}

// Start sends hello before anything that was queued meanwhile and begins to read. It is called once, and the reader ends
// with the connection.
func (c *Conn) Start(hello []byte) {
	c.mu.Lock()
	c.held = false
	c.queue = append([]queued{{data: hello}}, c.queue...)
	c.queued += len(hello)
	c.writing = true
	c.mu.Unlock()
	c.writer.Add(c)
	c.writer.owner.Add(1) // not owner.Go: its frame on the stack would be the one too many for the smallest stack
	go c.read()
}

// Seen is when the client was last heard.
func (c *Conn) Seen() time.Time { return time.UnixMilli(c.seen.Load()) }

// Stalled reports whether a message has begun and does not end in time, whatever else the client says meanwhile.
func (c *Conn) Stalled(now time.Time) bool {
	begun := c.begun.Load()
	return begun > 0 && now.Sub(time.UnixMilli(begun)) >= c.opts.MessageTimeout
}

// Send queues a complete frame and has it written.
func (c *Conn) Send(f []byte) {
	if c.Queue(f) {
		c.writer.Add(c)
	}
}

// Answer is Send for what the client has asked for, compressed if that was negotiated. A page of a sync may be larger than the
// queue; that alone does not make a client slow, as long as it reads one before it asks for many.
func (c *Conn) Answer(f []byte) {
	if c.Format.IsDeflated() {
		f = frame.Deflate(f)
	}
	c.mu.Lock()
	if c.owed < c.opts.QueueBytes {
		c.owed += len(f)
	}
	wake := c.queueLocked(queued{data: f})
	c.mu.Unlock()
	if wake {
		c.writer.Add(c)
	}
}

// Crowded reports whether half of the queue is taken, so that what may be left out had better be.
func (c *Conn) Crowded() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.queue) > c.opts.QueueFrames/2 || c.queued > c.opts.QueueBytes/2+c.owed
}

// Queue queues a complete frame. When it answers true the caller has to hand the connection to the Writer, once for any number
// of frames. A queue that is full closes the connection: it is too slow.
func (c *Conn) Queue(f []byte) bool { return c.QueueEntry(f, nil) }

// QueueEntry is Queue for the frame of an entry, which Replace may find again.
func (c *Conn) QueueEntry(f []byte, e *logpb.Entry) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.queueLocked(queued{f, e})
}

// Replace puts other frames in the place of those of entries that wait. with answers the frame for an entry, nil to leave it; it
// must not call the connection.
func (c *Conn) Replace(with func(e *logpb.Entry) []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, q := range c.queue {
		if q.entry == nil {
			continue
		}
		if f := with(q.entry); f != nil {
			c.queued += len(f) - len(q.data)
			c.queue[i] = queued{data: f}
		}
	}
}

func (c *Conn) queueLocked(f queued) bool {
	if c.closing {
		return false
	}
	if len(c.queue) >= c.opts.QueueFrames || c.queued+len(f.data) > c.opts.QueueBytes+c.owed {
		queueOverflows.Inc()
		clear(c.queue)
		c.queue, c.queued = nil, 0
		// What is being written may still go out, and the close frame after it, should the client come back to life.
		return c.closeLocked(frame.CloseTooSlow, c.opts.WriteTimeout)
	}
	c.queue = append(c.queue, f)
	c.queued += len(f.data)
	return c.wakeLocked()
}

// Close queues last and a close frame, and takes nothing after them. The connection ends when the client has answered, and at
// the latest when the close timeout has passed. Only the first call counts.
func (c *Conn) Close(code int, last ...[]byte) {
	if c.QueueClose(code, last...) {
		c.writer.Add(c)
	}
}

// QueueClose is Close for callers that hand the connection to the Writer themselves, see Queue.
func (c *Conn) QueueClose(code int, last ...[]byte) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closing {
		return false
	}
	for _, f := range last {
		c.queue = append(c.queue, queued{data: f})
	}
	return c.closeLocked(code, c.opts.CloseTimeout)
}

func (c *Conn) closeLocked(code int, within time.Duration) (wake bool) {
	c.closing, c.code = true, int16(code)
	c.cutoff = time.Now().Add(within)
	c.queue = append(c.queue, queued{data: frame.Close(code, "")})
	_ = c.socket.SetDeadline(c.cutoff) // fails only on a closed socket
	return c.wakeLocked()
}

// wakeLocked reports that the Writer has to get the connection.
func (c *Conn) wakeLocked() bool {
	if c.writing || c.held {
		return false
	}
	c.writing = true
	return true
}

// closeCode is the code to report: the one that was sent, or that of a lost connection.
func (c *Conn) closeCode() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.closing {
		return frame.CloseAbnormal
	}
	return int(c.code)
}

// Ended reports whether the reader has ended; the handler is told of that, once, after this has become true.
func (c *Conn) Ended() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.readDone
}

// Cut ends the connection at once.
func (c *Conn) Cut() { _ = c.socket.Close() }
