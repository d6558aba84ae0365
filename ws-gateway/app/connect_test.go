package app

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/wsgatewaypb"
)

func TestHelloComesFirstAlways(t *testing.T) {
	t.Parallel()
	for _, d := range dialects {
		t.Run(d.String(), func(t *testing.T) {
			t.Parallel()
			w := newWorldIn(t, d, nil)
			wait := make(chan struct{})
			w.log.set(func(l *database) { l.asked = wait })
			c := w.open("11", "21")
			c.send(`{"id":"early","type":"ping"}`)
			eventually(t, "the connection is registered", func() bool { return len(w.redis.Keys()) > 0 && w.redis.Exists("route:{11}") })
			w.stream().push(&wsgatewaypb.PushItem{UserIds: []int64{11}, Event: roomEntry("s:11:12", 1).GetEvent()})
			close(wait)

			hello := c.next()
			require.Equal(t, "hello", hello.Type)
			require.Nil(t, hello.ID)
			var data map[string]any
			require.NoError(t, json.Unmarshal(hello.Data, &data))
			require.Equal(t, "11", data["userId"])
			require.Equal(t, "21", data["sessionId"])
			require.Equal(t, "dev-21", data["deviceId"])
			require.NotEmpty(t, data["connectionId"])
			require.InDelta(t, 30000, data["heartbeatMs"], 0)
			require.NotZero(t, data["serverTime"])
			require.Equal(t, "message", c.next().Type)
			require.Equal(t, "early", *c.next().ID)
			require.Equal(t, gatewayID+"|21|web", w.redis.HGet("route:{11}", data["connectionId"].(string)))
		})
	}
}

func TestHandshakeRefusals(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) { c.Hub.MaxPerUser = 2 })
	good := http.Header{"Authorization": {"Bearer token-1-1"}}
	with := func(key, value string) http.Header {
		h := good.Clone()
		h.Set(key, value)
		return h
	}
	for name, tc := range map[string]struct {
		header http.Header
		query  string
		status int
		reason string
	}{
		"no credential":          {nil, "", 401, "UNAUTHENTICATED"},
		"bad token":              {http.Header{"Authorization": {"Bearer nonsense"}}, "", 401, "UNAUTHENTICATED"},
		"other scheme":           {http.Header{"Authorization": {"Basic token-1-1"}}, "", 401, "UNAUTHENTICATED"},
		"expired token":          {http.Header{"Authorization": {"Bearer expired"}}, "", 401, "TOKEN_EXPIRED"},
		"bad ticket":             {nil, "?ticket=nonsense", 401, "UNAUTHENTICATED"},
		"token in the URL":       {nil, "?ticket=token-1-1", 401, "UNAUTHENTICATED"},
		"foreign origin":         {with("Origin", "http://evil.example"), "", 403, "FORBIDDEN"},
		"null origin":            {with("Origin", "null"), "", 403, "FORBIDDEN"},
		"suffix trick":           {with("Origin", "http://localhost:8080.evil.example"), "", 403, "FORBIDDEN"},
		"other scheme of origin": {with("Origin", "https://localhost:8080"), "", 403, "FORBIDDEN"},
	} {
		_, resp, err := w.dial(tc.header, tc.query)
		require.Error(t, err, name)
		require.Equal(t, tc.status, resp.StatusCode, name)
		require.Equal(t, "application/problem+json", resp.Header.Get("Content-Type"), name)
		require.NotEmpty(t, resp.Header.Get("X-Request-Id"), name)
		var problem map[string]any
		require.NoError(t, json.NewDecoder(resp.Body).Decode(&problem), name)
		require.Equal(t, tc.reason, problem["reason"], name)
	}

	ws, _, err := w.dial(with("Origin", "http://localhost:8080"), "")
	require.NoError(t, err)
	_ = ws.Close()
	ws, resp, err := w.dial(nil, "?ticket=ticket-2-5")
	require.NoError(t, err)
	require.Empty(t, resp.Header.Get("Sec-WebSocket-Protocol"))
	_ = ws.Close()
	_, resp, err = w.dial(nil, "?ticket=ticket-2-5")
	require.Error(t, err)
	require.Equal(t, 401, resp.StatusCode)

	w.connect("3", "31")
	w.connect("3", "32")
	_, resp, err = w.dial(http.Header{"Authorization": {"Bearer token-3-33"}}, "")
	require.Error(t, err)
	require.Equal(t, 429, resp.StatusCode)
	require.NotEmpty(t, resp.Header.Get("Retry-After"))

	w.auth.set(func(a *fakeAuth) { a.away = true })
	_, resp, err = w.dial(good, "")
	require.Error(t, err)
	require.Equal(t, 503, resp.StatusCode)
}

func TestSubprotocol(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, nil)
	d := websocket.Dialer{Subprotocols: []string{"other", "im.v1.json"}}
	ws, _, err := d.Dial(w.url(), http.Header{"Authorization": {"Bearer token-1-1"}})
	require.NoError(t, err)
	require.Equal(t, "im.v1.json", ws.Subprotocol())
	_ = ws.Close()
}

func TestPlainHTTPOnTheSocketPort(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, nil)
	for path, want := range map[string]struct {
		method, reason string
		status         int
	}{
		"/ws":      {"GET", "INVALID_ARGUMENT", 400},
		"/":        {"GET", "NOT_FOUND", 404},
		"/ws/more": {"GET", "NOT_FOUND", 404},
		"/ws?x=1":  {"POST", "METHOD_NOT_ALLOWED", 405},
	} {
		req, err := http.NewRequestWithContext(context.Background(), want.method, w.http.URL+path, nil)
		require.NoError(t, err)
		resp, err := http.DefaultClient.Do(req)
		require.NoError(t, err)
		body, _ := io.ReadAll(resp.Body)
		_ = resp.Body.Close()
		require.Equal(t, want.status, resp.StatusCode, "%s %s", path, body)
		require.Equal(t, "application/problem+json", resp.Header.Get("Content-Type"), path)
		require.Contains(t, string(body), want.reason, path)
	}
}

func TestChatAwayAtConnectIsGreetedAllTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, nil)
	w.member(7, "g:1", 1, 4)
	w.log.set(func(l *database) { l.page = func() (*chatpb.SyncResponse, error) { return nil, io.ErrUnexpectedEOF } })
	wait := make(chan struct{})
	w.log.set(func(l *database) { l.asked = wait })
	start := time.Now()
	c := w.connect("7", "1")
	require.Less(t, time.Since(start), 6*time.Second)
	close(wait)
	s := w.stream()
	seq := int64(4)
	eventually(t, "its groups were loaded later", func() bool {
		seq++
		s.push(roomEntry("g:1", seq))
		return len(c.fence()) > 0
	})
}
