package imclient

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"im-backend/common/imclient/transcode"
)

const (
	handshakeTimeout = 10 * time.Second
	writeTimeout     = 10 * time.Second
	eventBuffer      = 4096
	maxFrame         = 64 << 20 // a full sync page is large
)

// Credential opens a WebSocket: an access token in a header, or a ticket in the URL.
type Credential struct{ token, ticket string }

// Bearer is an access token.
func Bearer(token string) Credential { return Credential{token: token} }

// WithTicket is a ticket of WSTicket.
func WithTicket(ticket string) Credential { return Credential{ticket: ticket} }

// Protocol is a subprotocol of the WebSocket. Whichever it is, a Conn takes and gives the JSON form of everything.
type Protocol string

// The subprotocols.
const (
	JSON  Protocol = "im.v1.json"
	Proto Protocol = "im.v1.proto"
)

// DialOption changes how Dial connects.
type DialOption func(*Conn)

// Speaking makes a connection speak a subprotocol; without it, or when it is empty, that is JSON.
func Speaking(p Protocol) DialOption {
	return func(c *Conn) {
		if p != "" {
			c.protocol = p
		}
	}
}

// Hello is the first event of every connection.
type Hello struct {
	UserID       string `json:"userId"`
	SessionID    string `json:"sessionId"`
	DeviceID     string `json:"deviceId"`
	ConnectionID string `json:"connectionId"`
	HeartbeatMs  int64  `json:"heartbeatMs"`
	ServerTime   int64  `json:"serverTime"`
}

// Event is a frame of the server that answers nothing: message, read, heads, goaway, kicked and so on.
type Event struct {
	Type string          `json:"type"`
	Data json.RawMessage `json:"data"`
}

// Conn is one WebSocket. It is safe for concurrent use. Its Events have to be received: when too many wait, reading stops, as
// with any slow client.
type Conn struct {
	ws       *websocket.Conn
	protocol Protocol

	hello   Hello
	events  chan Event
	done    chan struct{} // closed when the reader has ended
	closing chan struct{} // closed by Close, so that the reader does not wait for a receiver
	closed  sync.Once
	silence time.Duration // longer than that without a frame: broken
	reading sync.WaitGroup

	writing sync.Mutex // one writer at a time

	mu    sync.Mutex // guards what follows
	calls map[string]*Call
	last  int64
	err   error
}

// Dial connects and waits for hello. A refused handshake is an *APIError.
func Dial(ctx context.Context, wsURL string, cred Credential, opts ...DialOption) (*Conn, error) {
	c := &Conn{
		protocol: JSON, events: make(chan Event, eventBuffer), done: make(chan struct{}), closing: make(chan struct{}),
		calls: map[string]*Call{},
	}
	for _, o := range opts {
		o(c)
	}
	target, err := url.Parse(wsURL)
	if err != nil {
		return nil, fmt.Errorf("parse WebSocket URL: %w", err)
	}
	header := http.Header{}
	if cred.token != "" {
		header.Set("Authorization", "Bearer "+cred.token)
	}
	if cred.ticket != "" {
		query := target.Query()
		query.Set("ticket", cred.ticket)
		target.RawQuery = query.Encode()
	}
	dialer := websocket.Dialer{HandshakeTimeout: handshakeTimeout, Subprotocols: []string{string(c.protocol)}}
	ws, resp, err := dialer.DialContext(ctx, target.String(), header) //nolint:bodyclose // readProblem closes a refusal's; an upgrade has none
	if err != nil {
		if resp != nil && errors.Is(err, websocket.ErrBadHandshake) {
			return nil, readProblem(resp)
		}
		return nil, fmt.Errorf("dial WebSocket: %w", err)
	}
	if got := ws.Subprotocol(); got != string(c.protocol) {
		_ = ws.Close()
		return nil, fmt.Errorf("%w: it answers %q to %q", errProtocol, got, c.protocol)
	}
	c.ws = ws
	ws.SetReadLimit(maxFrame)
	if err := c.greet(); err != nil {
		_ = ws.Close()
		return nil, err
	}
	c.reading.Go(c.read)
	return c, nil
}

var errProtocol = errors.New("the server does not speak the subprotocol")

// receive reads one frame and answers its JSON form; nil for one that this version does not know.
func (c *Conn) receive() ([]byte, error) {
	_, payload, err := c.ws.ReadMessage()
	if err != nil || c.protocol == JSON {
		return payload, err
	}
	text, err := transcode.Frame(payload)
	if err != nil {
		return nil, nil //nolint:nilerr // a newer server may know frames that this client does not
	}
	return text, nil
}

// greet reads hello and sets how long the server may be silent.
func (c *Conn) greet() error {
	_ = c.ws.SetReadDeadline(time.Now().Add(handshakeTimeout))
	text, err := c.receive()
	if err != nil {
		return closeError(err)
	}
	var first Event
	if err := json.Unmarshal(text, &first); err != nil || first.Type != "hello" {
		return fmt.Errorf("the first frame is no hello: %.80s", text)
	}
	if err := json.Unmarshal(first.Data, &c.hello); err != nil {
		return fmt.Errorf("decode hello: %w", err)
	}
	if c.hello.HeartbeatMs > 0 {
		c.silence = 2*time.Duration(c.hello.HeartbeatMs)*time.Millisecond + writeTimeout
	}
	c.heard()
	c.ws.SetPingHandler(func(data string) error {
		c.heard()
		_ = c.ws.WriteControl(websocket.PongMessage, []byte(data), time.Now().Add(writeTimeout)) // reading finds it broken
		return nil
	})
	return nil
}

// heard puts the end of patience off.
func (c *Conn) heard() {
	select {
	case <-c.closing:
		return // Close has set the last deadline
	default:
	}
	var deadline time.Time
	if c.silence > 0 {
		deadline = time.Now().Add(c.silence)
	}
	_ = c.ws.SetReadDeadline(deadline)
}

// Hello is what the server said first.
func (c *Conn) Hello() Hello { return c.hello }

// Events are the frames that answer nothing, in order; the channel is closed at the end of the connection.
func (c *Conn) Events() <-chan Event { return c.events }

// Done is closed when the connection has ended.
func (c *Conn) Done() <-chan struct{} { return c.done }

// Err says how the connection ended, nil while it lives. It is a *CloseError.
func (c *Conn) Err() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.err
}

// Write sends a frame as it is, of the kind that the subprotocol has.
func (c *Conn) Write(payload []byte) error {
	kind := websocket.TextMessage
	if c.protocol == Proto {
		kind = websocket.BinaryMessage
	}
	c.writing.Lock()
	defer c.writing.Unlock()
	_ = c.ws.SetWriteDeadline(time.Now().Add(writeTimeout))
	if err := c.ws.WriteMessage(kind, payload); err != nil {
		return fmt.Errorf("write frame: %w", err)
	}
	return nil
}

// read hands frames out until the connection ends.
func (c *Conn) read() {
	defer close(c.done)
	defer close(c.events)
	for {
		text, err := c.receive()
		if err != nil {
			c.end(closeError(err))
			return
		}
		c.heard()
		var f frame
		if json.Unmarshal(text, &f) != nil {
			continue // a newer server may know frames that this client does not
		}
		if !c.dispatch(f) {
			c.end(&CloseError{Code: websocket.CloseNormalClosure, Text: "closed by the client"})
			return
		}
	}
}

// dispatch reports false when the client closes.
func (c *Conn) dispatch(f frame) bool {
	if f.ID != "" {
		c.mu.Lock()
		call := c.calls[f.ID]
		delete(c.calls, f.ID)
		c.mu.Unlock()
		if call != nil {
			call.answer <- f
		}
		return true
	}
	e := Event{Type: f.Type, Data: f.Data}
	if f.Type == "error" {
		e.Data = f.Error
	}
	select {
	case c.events <- e:
		return true
	case <-c.closing:
		return false
	}
}

func (c *Conn) end(err error) {
	_ = c.ws.Close()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.err == nil {
		c.err = err
	}
}

// Close says goodbye and returns when the connection has ended.
func (c *Conn) Close() {
	c.closed.Do(func() {
		close(c.closing)
		bye := websocket.FormatCloseMessage(websocket.CloseNormalClosure, "")
		_ = c.ws.WriteControl(websocket.CloseMessage, bye, time.Now().Add(time.Second))
		_ = c.ws.SetReadDeadline(time.Now().Add(time.Second)) // for the server's goodbye
	})
	c.reading.Wait()
}

// Abort breaks the connection without a word, as a crash would.
func (c *Conn) Abort() {
	c.closed.Do(func() { close(c.closing) })
	_ = c.ws.NetConn().Close()
	c.reading.Wait()
}

func closeError(err error) error {
	var closed *websocket.CloseError
	if errors.As(err, &closed) {
		return &CloseError{Code: closed.Code, Text: closed.Text}
	}
	return &CloseError{Code: websocket.CloseAbnormalClosure, Text: err.Error()}
}
