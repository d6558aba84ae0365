package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gorilla/websocket"

	"im-backend/common/utils/jsonscan"
)

const writeTimeout = 20 * time.Second

var errClosed = errors.New("the connection is closed")

// socket is one connection of a person. It is lean, because what it costs is taken from the server on the same machine: one
// goroutine, which reads, checks and calls back; requests are written by whoever makes them.
type socket struct {
	world  *world
	person *person
	ws     *websocket.Conn
	// onMessage is told of every entry in order; it runs on the reader's goroutine. It is set before the first entry can come.
	onMessage func(s *socket, e *entry)
	lenient   bool // repeats are no fault, as after a reconnect
	sleeper   bool // it stops reading, see sleep

	leaving atomic.Bool // it ends because we say so
	ended   chan struct{}
	why     error // of the end; good when ended is closed

	writing sync.Mutex
	frame   []byte // guarded by writing

	mu       sync.Mutex
	calls    map[int64]func(*answer)
	last     int64
	dead     bool
	catching *catching // set while entries are read that were missed
	sends    sends

	positions map[string]*position // of the reader
	synced    string               // the token of the last sync
}

// entry is a message event. Its bytes are good during the callback.
type entry struct {
	conversation []byte
	seq          int64
	clientMsgID  []byte
	at           time.Time // when it came
}

// answer is what came back for a request. Its bytes are good during the callback; a lost connection answers with lost set.
type answer struct {
	reason       string // of an error; empty: ok
	retryAfterMs int64
	data         []byte
	lost         bool
}

func (s *socket) greeted() error {
	_ = s.ws.SetReadDeadline(time.Now().Add(handshakeTimeout))
	_, text, err := s.ws.ReadMessage()
	if err != nil {
		return fmt.Errorf("read hello: %w", err)
	}
	if !bytes.Contains(text, []byte(`"hello"`)) {
		s.world.faults.add(faultMalformed, "the first frame is no hello: %.80s", text)
	}
	return s.ws.SetReadDeadline(time.Time{}) //nolint:wrapcheck // fails only on a closed socket
}

// read takes frames until the connection ends.
func (s *socket) read() {
	defer close(s.ended)
	var buf bytes.Buffer
	for {
		_, r, err := s.ws.NextReader()
		if err == nil {
			buf.Reset()
			_, err = buf.ReadFrom(r)
		}
		if err != nil {
			s.end(err)
			return
		}
		s.world.received.Add(int64(buf.Len()))
		s.take(buf.Bytes())
		if buf.Cap() > 64<<10 {
			buf = bytes.Buffer{}
		}
	}
}

// end answers what will not be answered any more.
func (s *socket) end(err error) {
	s.why = err
	if !s.leaving.Load() {
		s.world.faults.add(faultClosed, "%v", err)
	}
	_ = s.ws.Close()
	s.mu.Lock()
	calls := s.calls
	s.calls, s.dead = nil, true
	s.mu.Unlock()
	for _, call := range calls {
		call(&answer{lost: true})
	}
}

// take works on one frame. A frame that is no JSON makes the scanner panic, and is a fault of the server.
func (s *socket) take(frame []byte) {
	defer func() {
		if p := recover(); p != nil {
			s.world.faults.add(faultMalformed, "%v: %.120s", p, frame)
		}
	}()
	var id int64
	var kind, data, failure []byte
	for key, value := range jsonscan.Members(frame) {
		switch string(key) {
		case "id":
			text, _ := jsonscan.Text(value)
			id, _ = jsonscan.Integer(text)
		case "type":
			kind, _ = jsonscan.Text(value)
		case "data":
			data = value
		case "error":
			failure = value
		}
	}
	switch {
	case id != 0:
		s.answered(id, kind, data, failure)
	case string(kind) == "message":
		s.message(data)
	case string(kind) == "error":
		s.world.faults.add(faultRefused, "%s", failure)
	}
}

func (s *socket) answered(id int64, kind, data, failure []byte) {
	s.mu.Lock()
	call := s.calls[id]
	delete(s.calls, id)
	s.mu.Unlock()
	if call == nil {
		s.world.faults.add(faultMalformed, "an answer to no request: %d", id)
		return
	}
	a := &answer{data: data}
	if string(kind) == "error" {
		a.reason = "no reason"
		for key, value := range jsonscan.Members(failure) {
			switch string(key) {
			case "reason":
				text, _ := jsonscan.Text(value)
				a.reason = string(text)
			case "retryAfterMs":
				a.retryAfterMs, _ = jsonscan.Integer(value)
			}
		}
	}
	call(a)
}

// message checks an entry against everything that was seen of its log and hands it on.
func (s *socket) message(data []byte) {
	e := entry{at: time.Now()}
	for key, value := range jsonscan.Members(data) {
		switch string(key) {
		case "conversationId":
			e.conversation, _ = jsonscan.Text(value)
		case "seq":
			e.seq, _ = jsonscan.Integer(value)
		case "clientMsgId":
			e.clientMsgID, _ = jsonscan.Text(value)
		}
	}
	if !s.hold(&e) {
		s.receive(&e)
	}
}

// receive takes the next entry of a log.
func (s *socket) receive(e *entry) {
	p := s.positions[string(e.conversation)]
	if p == nil {
		p = &position{log: s.world.ledger.log(string(e.conversation)), seq: -1}
		s.positions[p.log.conversation] = p
	}
	switch p.take(e.seq) {
	case repeat:
		if !s.lenient && e.seq > p.head {
			s.world.faults.add(faultRepeated, "%s %d, after %d", e.conversation, e.seq, p.seq)
		}
		return
	case gap:
		s.world.faults.add(faultGap, "%s %d", e.conversation, e.seq)
	case inOrder:
	}
	if !p.log.saw(e.seq, e.clientMsgID) {
		s.world.faults.add(faultForked, "%s %d is %s here", e.conversation, e.seq, e.clientMsgID)
	}
	if s.onMessage != nil {
		s.onMessage(s, e)
	}
}

// request sends a request; done is called once, with the answer or the loss of the connection, on the reader's goroutine or
// on this one. data is a JSON object.
func (s *socket) request(kind string, data []byte, done func(*answer)) {
	s.mu.Lock()
	if s.dead {
		s.mu.Unlock()
		done(&answer{lost: true})
		return
	}
	if s.calls == nil {
		s.calls = map[int64]func(*answer){}
	}
	s.last++
	id := s.last
	s.calls[id] = done
	s.mu.Unlock()
	s.writing.Lock()
	defer s.writing.Unlock()
	f := append(s.frame[:0], `{"id":"`...)
	f = strconv.AppendInt(f, id, 10)
	f = append(append(append(f, `","type":"`...), kind...), `","data":`...)
	f = append(append(f, data...), '}')
	s.frame = f
	_ = s.ws.SetWriteDeadline(time.Now().Add(writeTimeout))
	if err := s.ws.WriteMessage(websocket.TextMessage, f); err != nil {
		_ = s.ws.Close() // the reader sees it and answers
	}
}

// call is request for those who wait. The answer is a copy.
func (s *socket) call(ctx context.Context, kind string, data []byte) (*answer, error) {
	answers := make(chan *answer, 1)
	s.request(kind, data, func(a *answer) {
		own := *a
		own.data = bytes.Clone(a.data)
		answers <- &own
	})
	select {
	case a := <-answers:
		if a.lost {
			return nil, errClosed
		}
		return a, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for an answer to %s: %w", kind, ctx.Err())
	}
}

// leave ends the connection as a client does.
func (s *socket) leave() {
	s.leaving.Store(true)
	s.writing.Lock()
	_ = s.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(websocket.CloseNormalClosure, ""), time.Now().Add(writeTimeout))
	s.writing.Unlock()
	_ = s.ws.SetReadDeadline(time.Now().Add(2 * time.Second)) // for the server's answer
}

// cut ends the connection as a crash does.
func (s *socket) cut() {
	s.leaving.Store(true)
	_ = s.ws.NetConn().Close()
}
