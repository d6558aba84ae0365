package conn

import (
	"bytes"
	"compress/flate"
	"errors"
	"io"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"im-backend/ws-gateway/internal/frame"
)

// inbound are buffers to read messages into; they are held only while a message comes in.
var inbound = sync.Pool{New: func() any { return new(bytes.Buffer) }}

const keepBuffer = 8 << 10 // bytes: larger buffers are not kept

// read is the connection's own goroutine. It is kept shallow, so that an idle connection keeps the smallest stack: what
// a message means is worked out elsewhere.
func (c *Conn) read() {
	var err error
	for err == nil {
		var kind int
		var r io.Reader
		c.tap.await()
		if kind, r, err = c.ws.NextReader(); err == nil {
			err = c.receive(kind, r)
		}
	}
	c.ended(err)
}

// ended is what comes after the last message. It stands by itself because what it needs of the stack would be read's for as long
// as the connection lives.
//
//go:noinline
func (c *Conn) ended(err error) {
	c.sayTooLarge(err)
	c.spendRest(time.Now())
	c.linger(err)
	c.handler.Closed(c, c.closeCode())
	c.address.Leave()
	c.endRead()
	c.writer.owner.Done()
}

// errTooLarge ends the reading of a message that is too large.
var errTooLarge = errors.New("a message is too large")

// receive reads one message and hands it on.
func (c *Conn) receive(kind int, r io.Reader) error {
	buf := inbound.Get().(*bytes.Buffer) //nolint:errcheck // the pool holds nothing else
	defer func() {
		if buf.Cap() <= keepBuffer {
			buf.Reset()
			inbound.Put(buf)
		}
	}()
	c.begun.Store(time.Now().UnixMilli())
	c.tap.begin(c.opts.WireLimit())
	if err := c.fill(buf, r); err != nil {
		return err
	}
	c.tap.end()
	c.begun.Store(0)
	now := time.Now()
	c.seen.Store(now.UnixMilli())
	if c.isClosing() {
		return nil // it is on its way out: what it asks is not done
	}
	framesIn.Inc()
	wait := c.spend(now, buf.Len())
	if wait > 0 {
		framesRefused.Inc()
	}
	if wait > 0 && !c.spendRefusal(now) {
		return nil
	}
	c.handler.Receive(c, Message{
		Payload: bytes.Clone(buf.Bytes()), Binary: kind == websocket.BinaryMessage, Wait: wait,
	})
	return nil
}

// fill reads one message into buf. The read limit of gorilla counts bytes of the socket; what they inflate to is bounded here.
func (c *Conn) fill(buf *bytes.Buffer, r io.Reader) error {
	if c.Format.IsDeflated() {
		r = io.LimitReader(r, c.opts.ReadLimit+1)
	}
	_, err := buf.ReadFrom(r)
	var corrupt flate.CorruptInputError
	switch {
	case errors.As(err, &corrupt), errors.Is(err, io.ErrUnexpectedEOF): // the latter is flate's too, gorilla has its own
		c.Close(frame.CloseBadData)
	case int64(buf.Len()) > c.opts.ReadLimit:
		c.Close(frame.CloseTooLarge)
		return errTooLarge
	}
	return err //nolint:wrapcheck // it ends the reading and is shown to nobody
}

func (c *Conn) isClosing() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closing
}

// onPing answers a ping.
func (c *Conn) onPing(payload string) error {
	now := time.Now()
	c.seen.Store(now.UnixMilli())
	if c.spendControl(now) {
		c.Send(frame.Pong(payload))
	}
	return nil
}

func (c *Conn) onPong(string) error {
	now := time.Now()
	c.seen.Store(now.UnixMilli())
	c.spendControl(now)
	return nil
}

// onClose answers the client's close frame with its own code.
func (c *Conn) onClose(code int, _ string) error {
	if code == websocket.CloseNoStatusReceived {
		code = 0
	}
	c.Close(code)
	return nil
}

// sayTooLarge closes with 1009 where gorilla stops without a close frame: at a length, or a sum of fragments, that needs all 64
// bits, and where the frames of a message take too much of the socket. Where it was said before this changes nothing.
func (c *Conn) sayTooLarge(err error) {
	if errors.Is(err, websocket.ErrReadLimit) || errors.Is(err, errTooLarge) {
		c.Close(frame.CloseTooLarge)
	}
}

// linger reads on for a little while after the gateway has ended a connection by itself: closing a socket that has unread
// bytes resets it, and the client would lose the close frame. A client that has closed itself sends nothing more.
func (c *Conn) linger(err error) {
	var closed *websocket.CloseError
	if !errors.As(err, &closed) && c.isClosing() {
		_, _ = io.Copy(io.Discard, c.socket)
	}
}

// endRead closes the socket, now or when the close frame is out.
func (c *Conn) endRead() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.readDone = true
	if !c.closing {
		c.closing, c.code, c.queue = true, frame.CloseAbnormal, nil
	}
	if !c.writing {
		_ = c.socket.Close()
	}
}
