package conn

import (
	"bufio"
	"bytes"
	"errors"
	"net"
	"sync"
	"time"

	"im-backend/ws-gateway/internal/frame"
)

const (
	// headerRoom is gorilla's own buffer: a frame's header or a control frame, and the least that it takes from a hijacker.
	headerRoom = 257
	// chunkSize is how much is read at once; at least what net/http may have read beyond the handshake.
	chunkSize = 4 << 10
)

// chunks are the memory that sockets are read into. A connection holds one only while something that came is not taken yet.
var chunks = sync.Pool{New: func() any { return new([chunkSize]byte) }}

// tap is the socket as gorilla has it.
//
// After the handshake gorilla writes only what a reader has to say by itself, the close frames for a broken protocol and for
// too large a message: they take the connection's queue like everything else.
//
// An idle connection waits in await, which is so shallow that its goroutine keeps the smallest stack, and holds no memory for
// what may come.
type tap struct {
	net.Conn
	conn *Conn // nil during the handshake

	in       *bufio.Reader // gorilla's, over this tap
	chunk    *[chunkSize]byte
	from, to int32              // of chunk: what is not taken yet
	came     int64              // bytes that gorilla was given
	settled  int64              // of them: what was counted before
	until    int64              // of came: where the message under way is too large; zero between messages
	try      func(uintptr) bool // fetch; bound once, for RawConn.Read
}

// newTap takes a socket over, with what was read beyond the handshake.
func newTap(socket net.Conn, beyond *bufio.Reader) *tap {
	t := &tap{Conn: socket}
	t.in, t.try = bufio.NewReaderSize(t, headerRoom), t.fetch
	if n := beyond.Buffered(); n > 0 {
		early, _ := beyond.Peek(min(n, chunkSize)) // it is there
		t.chunk = chunks.Get().(*[chunkSize]byte)  //nolint:errcheck // the pool holds nothing else
		t.to = int32(copy(t.chunk[:], early))
	}
	return t
}

// await returns when there is something to read that is no ping and no pong, be it an error. Where a socket cannot be tried it
// returns at once.
//
// Pings and pongs are taken here, between messages: gorilla answers them too, but then it waits for the next frame by itself, so
// deep that each connection would have twice the stack after its first heartbeat.
//
//go:noinline
func (t *tap) await() {
	for t.conn.raw != nil && t.chunk == nil && t.in.Buffered() == 0 {
		_ = t.conn.raw.Read(t.try) // the read that follows meets the error too
		if t.chunk == nil {
			return
		}
		t.controls()
	}
}

// controls takes the pings and pongs that the chunk begins with.
//
//go:noinline
func (t *tap) controls() {
	for t.chunk != nil {
		payload, ping, size := frame.ReadControl(t.chunk[t.from:t.to])
		if size == 0 {
			return
		}
		t.skip(size)
		if ping {
			_ = t.conn.onPing(payload)
		} else {
			_ = t.conn.onPong(payload)
		}
	}
}

// fetch reads what a socket has; false when it has nothing yet. An error, or the end, is left to the read that follows.
func (t *tap) fetch(fd uintptr) bool {
	chunk := chunks.Get().(*[chunkSize]byte) //nolint:errcheck // the pool holds nothing else
	n, err := readOnce(fd, chunk[:])
	if n > 0 {
		t.chunk, t.from, t.to = chunk, 0, int32(n)
		return true
	}
	chunks.Put(chunk)
	return !errors.Is(err, errWouldBlock)
}

// begin bounds what a message may take of the socket until end. Fragments cost the gateway work even when they are empty, and
// gorilla counts only what is in them.
func (t *tap) begin(limit int64) { t.until = t.came + limit }

func (t *tap) end() { t.until = 0 }

// due is how many bytes were taken since settle, frame headers included.
func (t *tap) due() int { return int(t.came - int64(t.in.Buffered()) - t.settled) }

func (t *tap) settle() { t.settled += int64(t.due()) }

// Read implements net.Conn.
func (t *tap) Read(p []byte) (n int, err error) {
	if t.until > 0 && t.came > t.until {
		return 0, errTooLarge
	}
	switch {
	case t.chunk != nil:
		n = t.take(p)
	case len(p) < chunkSize:
		n, err = t.refill(p)
	default:
		n, err = t.Conn.Read(p)
	}
	t.came += int64(n)
	return n, err //nolint:wrapcheck // it is the socket's own
}

// refill waits for more of what has begun, without memory for it until it comes. A frame seldom comes alone: what gorilla has no
// room for yet is kept.
func (t *tap) refill(p []byte) (int, error) {
	if t.conn.raw != nil {
		_ = t.conn.raw.Read(t.try) // the read that follows meets the error too
	}
	if t.chunk != nil {
		return t.take(p), nil
	}
	return t.Conn.Read(p) //nolint:wrapcheck // it is the socket's own
}

// take copies what was fetched.
func (t *tap) take(p []byte) int {
	n := copy(p, t.chunk[t.from:t.to])
	t.drop(n)
	return n
}

// skip takes bytes that gorilla does not see.
func (t *tap) skip(n int) {
	t.came += int64(n)
	t.drop(n)
}

func (t *tap) drop(n int) {
	if t.from += int32(n); t.from == t.to {
		chunks.Put(t.chunk)
		t.chunk = nil
	}
}

// Write implements net.Conn; after the handshake p is one control frame.
func (t *tap) Write(p []byte) (int, error) {
	if t.conn == nil {
		return t.Conn.Write(p) //nolint:wrapcheck // it is the socket's own
	}
	if code, ok := frame.IsClose(p); ok {
		t.conn.Close(code)
	} else {
		t.conn.Send(bytes.Clone(p))
	}
	return len(p), nil
}

// SetWriteDeadline implements net.Conn; after the handshake deadlines are the Writer's.
func (t *tap) SetWriteDeadline(at time.Time) error {
	if t.conn == nil {
		return t.Conn.SetWriteDeadline(at) //nolint:wrapcheck // it is the socket's own
	}
	return nil
}
