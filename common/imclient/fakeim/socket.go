package fakeim

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// Fault is what happens to one message.send.
type Fault int

// The faults.
const (
	None        Fault = iota
	LoseAnswer        // the message is stored, the connection breaks before the answer
	LoseRequest       // the connection breaks before the message is stored
	TryLater          // UNAVAILABLE, retryable
	Refuse            // NOT_FRIENDS, for good
)

// conn is one WebSocket.
type conn struct {
	ws      *websocket.Conn
	writing sync.Mutex
}

func (c *conn) write(v any) {
	c.writing.Lock()
	defer c.writing.Unlock()
	_ = c.ws.SetWriteDeadline(time.Now().Add(time.Second))
	_ = c.ws.WriteJSON(v) // a broken connection is found by its reader
}

// OnSend decides what happens to each message.send.
func (s *Server) OnSend(fault func() Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sendFault = fault
}

// RefuseHandshakes refuses the next n WebSockets with a 503 that says when to come back: the header in seconds, the body in
// milliseconds, unless that is zero.
func (s *Server) RefuseHandshakes(n int, seconds int, retryAfterMs int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusals, s.retryAfter, s.retryAfterMs = n, seconds, retryAfterMs
}

// refuse answers a handshake that is to be refused and reports whether it was.
func (s *Server) refuse(w http.ResponseWriter) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refusals == 0 {
		return false
	}
	s.refusals--
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("Retry-After", strconv.Itoa(s.retryAfter))
	w.WriteHeader(http.StatusServiceUnavailable)
	_ = json.NewEncoder(w).Encode(map[string]any{
		"status": http.StatusServiceUnavailable, "reason": "UNAVAILABLE", "retryAfterMs": s.retryAfterMs,
	})
	return true
}

// Dials is how many WebSockets were opened.
func (s *Server) Dials() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.dials
}

// Push sends an event to every connection.
func (s *Server) Push(kind string, data any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broadcast(kind, data)
}

// Break drops every connection without a word.
func (s *Server) Break() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		_ = c.ws.NetConn().Close()
	}
}

// Close closes every connection with a code.
func (s *Server) Close(code int, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for c := range s.conns {
		_ = c.ws.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, text), time.Now().Add(time.Second))
	}
}

func (s *Server) broadcast(kind string, data any) {
	for c := range s.conns {
		c.write(map[string]any{"type": kind, "data": data})
	}
}

func (s *Server) connect(w http.ResponseWriter, r *http.Request) {
	if s.refuse(w) {
		return
	}
	if r.URL.Query().Get("ticket") != "ticket" {
		if reason := s.judge(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")); reason != "" {
			problem(w, http.StatusUnauthorized, reason)
			return
		}
	}
	upgrader := websocket.Upgrader{Subprotocols: []string{"im.v1.json"}}
	ws, err := upgrader.Upgrade(w, r, nil)
	if err != nil {
		return
	}
	c := &conn{ws: ws}
	s.mu.Lock()
	s.dials++
	s.conns[c] = true
	s.serving.Add(1)
	c.write(map[string]any{"type": "hello", "data": map[string]any{
		"userId": UserID, "sessionId": "70", "deviceId": "d", "connectionId": "c", "heartbeatMs": 30000, "serverTime": 1,
	}})
	s.mu.Unlock()
	defer s.serving.Done()
	for s.serve(c) {
	}
	s.mu.Lock()
	delete(s.conns, c)
	s.mu.Unlock()
	_ = ws.Close()
}

// serve answers one frame and reports whether the connection lives.
func (s *Server) serve(c *conn) bool {
	var f struct {
		ID, Type string
		Data     json.RawMessage
	}
	if err := c.ws.ReadJSON(&f); err != nil {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	answer := map[string]any{"id": f.ID, "type": "ok", "data": map[string]any{"serverTime": 1}}
	switch f.Type {
	case "sync":
		var ask struct {
			Since string
			Limit int
		}
		_ = json.Unmarshal(f.Data, &ask)
		answer["data"] = s.sync(ask.Since, ask.Limit)
	case "presence.subscribe": // everybody is offline
		var ask struct{ UserIDs []string }
		_ = json.Unmarshal(f.Data, &ask)
		items := []any{}
		for _, id := range ask.UserIDs {
			items = append(items, map[string]any{"userId": id, "online": false, "platforms": []string{}})
		}
		answer["data"] = map[string]any{"items": items}
	case "message.send":
		var m outgoing
		_ = json.Unmarshal(f.Data, &m)
		return s.send(c, m, answer)
	}
	c.write(answer)
	return true
}

func (s *Server) send(c *conn, m outgoing, answer map[string]any) bool {
	fault := None
	if s.sendFault != nil {
		fault = s.sendFault()
	}
	refusal := func(reason string, retryable bool) bool {
		answer["type"] = "error"
		answer["error"] = map[string]any{"reason": reason, "message": "because", "retryable": retryable, "retryAfterMs": 5}
		delete(answer, "data")
		c.write(answer)
		return true
	}
	switch fault {
	case LoseRequest:
		return false
	case TryLater:
		return refusal("UNAVAILABLE", true)
	case Refuse:
		return refusal("NOT_FRIENDS", false)
	case LoseAnswer:
		s.store(m)
		return false
	case None:
	}
	answer["data"] = s.store(m)
	c.write(answer)
	return true
}
