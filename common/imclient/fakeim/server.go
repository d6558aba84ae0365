// Package fakeim is a small server that speaks the public contract as far as clients need it, with faults on demand. Tests of
// clients use it; it shares no code with the services.
package fakeim

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"

	"im-backend/common/utils/wire"
)

// UserID is who is signed in at a Server.
const UserID = "7"

// newestEntries is how many entries of a conversation sync answers.
const newestEntries = 20

// Server is a fake system with one account.
type Server struct {
	URL string // of the HTTP API

	mu        sync.Mutex
	logs      map[string][]wire.Message // conversation id → entries, seq = index + 1
	changed   []string                  // a conversation id for each entry; the sync token is a length of it
	sent      map[string]wire.Message   // by client message id
	conns     map[*conn]bool
	serial    int // of the access token that is good
	refreshes int
	dials     int
	muted     bool
	unknown   bool // all sync tokens
	sendFault func() Fault
	scripts   map[string]script
	requests  []Request
	refusals  int // handshakes that are still to be refused

	retryAfter   int   // seconds, of these
	retryAfterMs int64 // of these
	serving      sync.WaitGroup
}

// Request is one HTTP call that a script answered.
type Request struct{ Call, Body string }

type script struct {
	status int
	body   any
}

// New starts a server that ends with the test.
func New(t testing.TB) *Server {
	t.Helper()
	s := &Server{
		logs: map[string][]wire.Message{}, sent: map[string]wire.Message{}, conns: map[*conn]bool{}, scripts: map[string]script{},
	}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/auth/login", s.login)
	mux.HandleFunc("POST /v1/auth/register", s.login)
	mux.HandleFunc("POST /v1/auth/refresh", s.refresh)
	mux.HandleFunc("POST /v1/auth/ws-ticket", s.authenticated(s.ticket))
	mux.HandleFunc("POST /v1/messages", s.authenticated(s.postMessage))
	mux.HandleFunc("GET /v1/conversations/{id}/messages", s.authenticated(s.history))
	mux.HandleFunc("GET /v1/sync", s.authenticated(s.getSync))
	mux.HandleFunc("GET /ws", s.connect)
	mux.HandleFunc("/", s.scripted)
	server := httptest.NewServer(mux)
	s.URL = server.URL
	t.Cleanup(func() {
		s.Break()
		server.Close()
		s.serving.Wait()
	})
	return s
}

// Script answers a call ("GET /v1/friends", without the query) with a status and a JSON body.
func (s *Server) Script(call string, status int, body any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.scripts[call] = script{status, body}
}

// Requests are the scripted calls so far.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]Request(nil), s.requests...)
}

// Expire makes every access token so far an expired one.
func (s *Server) Expire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.serial++
}

// Refreshes is how often tokens were refreshed.
func (s *Server) Refreshes() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refreshes
}

// ForgetSyncTokens makes every sync token so far unknown, once.
func (s *Server) ForgetSyncTokens() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unknown = true
}

func (s *Server) login(w http.ResponseWriter, _ *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	reply(w, http.StatusOK, map[string]any{
		"user": map[string]any{"userId": UserID, "username": "me"}, "session": map[string]any{"sessionId": "70"}, "tokens": s.tokens(),
	})
}

func (s *Server) tokens() map[string]any {
	serial := strconv.Itoa(s.serial)
	return map[string]any{"accessToken": "access-" + serial, "refreshToken": "refresh-" + serial}
}

func (s *Server) refresh(w http.ResponseWriter, r *http.Request) {
	var body struct{ RefreshToken string }
	_ = json.NewDecoder(r.Body).Decode(&body)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !strings.HasPrefix(body.RefreshToken, "refresh-") {
		problem(w, http.StatusUnauthorized, "UNAUTHENTICATED")
		return
	}
	s.refreshes++
	reply(w, http.StatusOK, map[string]any{"tokens": s.tokens()})
}

// authenticated admits the current access token.
func (s *Server) authenticated(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if reason := s.judge(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")); reason != "" {
			problem(w, http.StatusUnauthorized, reason)
			return
		}
		next(w, r)
	}
}

func (s *Server) judge(token string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case token == "access-"+strconv.Itoa(s.serial):
		return ""
	case strings.HasPrefix(token, "access-"):
		return "TOKEN_EXPIRED"
	}
	return "UNAUTHENTICATED"
}

func (s *Server) ticket(w http.ResponseWriter, _ *http.Request) {
	reply(w, http.StatusOK, map[string]any{"ticket": "ticket", "url": s.WS()})
}

// WS is the URL of the WebSocket.
func (s *Server) WS() string { return "ws" + strings.TrimPrefix(s.URL, "http") + "/ws" }

func (s *Server) scripted(w http.ResponseWriter, r *http.Request) {
	var body json.RawMessage
	_ = json.NewDecoder(r.Body).Decode(&body)
	call := r.Method + " " + r.URL.Path
	s.mu.Lock()
	answer, ok := s.scripts[call]
	if r.URL.RawQuery != "" {
		call += "?" + r.URL.RawQuery
	}
	s.requests = append(s.requests, Request{Call: call, Body: string(body)})
	s.mu.Unlock()
	if !ok {
		problem(w, http.StatusNotFound, "NOT_FOUND")
		return
	}
	if answer.status >= http.StatusBadRequest {
		reason, _ := answer.body.(string)
		problem(w, answer.status, reason)
		return
	}
	reply(w, answer.status, answer.body)
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if body != nil {
		_ = json.NewEncoder(w).Encode(body)
	}
}

func problem(w http.ResponseWriter, status int, reason string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.Header().Set("X-Request-Id", "request-1")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{
		"status": status, "reason": reason, "detail": "because of " + reason, "requestId": "request-1",
		"fields": []map[string]string{{"field": "f", "message": "m"}},
	})
}
