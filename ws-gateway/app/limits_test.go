package app

import (
	"encoding/json"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"
)

// refusal is a handshake that was answered with a problem.
type refusal struct {
	status       int
	header       http.Header
	Reason       string
	RetryAfterMs int64
}

// from is a good credential of a user, behind a proxy that names an address.
func from(user, address string) http.Header {
	return http.Header{"Authorization": {"Bearer token-" + user + "-1"}, "X-Forwarded-For": {address}}
}

// refused opens a connection in vain.
func (w *world) refused(header http.Header, query string) refusal {
	w.t.Helper()
	_, resp, err := w.dial(header, query)
	require.ErrorIs(w.t, err, websocket.ErrBadHandshake)
	r := refusal{status: resp.StatusCode, header: resp.Header}
	require.NoError(w.t, json.NewDecoder(resp.Body).Decode(&r))
	require.Equal(w.t, "application/problem+json", resp.Header.Get("Content-Type"))
	return r
}

// limited checks that a handshake is over a limit, and that the client is told when to come back.
func (w *world) limited(header http.Header) {
	w.t.Helper()
	r := w.refused(header, "")
	require.Equal(w.t, 429, r.status)
	require.Equal(w.t, "RATE_LIMITED", r.Reason)
	require.NotEmpty(w.t, r.header.Get("Retry-After"))
	require.Positive(w.t, r.RetryAfterMs)
}

// enter opens a connection with a header.
func (w *world) enter(header http.Header) *client {
	w.t.Helper()
	ws, _, err := w.dial(header, "")
	require.NoError(w.t, err)
	c := &client{t: w.t, ws: ws}
	require.Equal(w.t, "hello", c.next().Type)
	return c
}

// behindProxy lets tests come from any address.
func behindProxy(c *Config) { c.Socket.TrustedProxies = []string{"127.0.0.0/8"} }

func TestConnectionsOfOneAddressAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) { behindProxy(c); c.Socket.Gate.MaxPerAddress = 2 })
	here, there := "198.51.100.1", "198.51.100.2"
	first := w.enter(from("1", here))
	w.enter(from("2", here))
	w.limited(from("3", here))
	w.enter(from("3", there))
	require.NoError(t, first.ws.Close())
	eventually(t, "there is room again", func() bool {
		_, _, err := w.dial(from("3", here), "")
		return err == nil
	})
	w.limited(from("4", here))
}

func TestAForgedAddressIsNotBelieved(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) { c.Socket.Gate.MaxPerAddress = 1 })
	w.enter(from("1", "198.51.100.1"))
	w.limited(from("1", "198.51.100.2"))
}

func TestAllConnectionsAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) { behindProxy(c); c.Socket.Gate.MaxConnections = 2 })
	w.enter(from("1", "198.51.100.1"))
	w.enter(from("2", "198.51.100.2"))
	w.limited(from("3", "198.51.100.3"))
}

func TestHandshakesThatFailTakeNoRoom(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) { c.Socket.Gate.MaxPerAddress, c.Socket.Gate.MaxConnections = 1, 1 })
	for range 3 {
		require.Equal(t, 401, w.refused(http.Header{"Authorization": {"Bearer nonsense"}}, "").status)
		require.Equal(t, 403, w.refused(http.Header{"Origin": {"http://evil.example"}}, "").status)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, w.http.URL+"/ws", nil)
	require.NoError(t, err)
	req.Header = from("1", "")
	req.Header.Set("Connection", "Upgrade")
	req.Header.Set("Upgrade", "websocket")
	req.Header.Set("Sec-WebSocket-Version", "12")
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	require.Equal(t, 400, resp.StatusCode)
	w.enter(from("1", ""))
}

func TestHandshakesOfOneAddressAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) {
		behindProxy(c)
		c.Socket.Gate.Handshakes, c.Socket.Gate.HandshakeBurst = 0.001, 3
	})
	here := http.Header{"Authorization": {"Bearer nonsense"}, "X-Forwarded-For": {"198.51.100.1"}}
	for range 3 {
		require.Equal(t, 401, w.refused(here, "").status)
	}
	asked := w.auth.asked.Load()
	w.limited(here)
	w.limited(from("1", "198.51.100.1"))
	require.Equal(t, asked, w.auth.asked.Load(), "auth-service is not asked")
	w.enter(from("1", "198.51.100.2"))
}

func TestAStormIsTurnedAwayBeforeAuthIsAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) { c.Socket.Admission.Rate, c.Socket.Admission.Burst = 0.5, 3 })
	for range 3 {
		w.enter(from("1", ""))
	}
	asked := w.auth.asked.Load()
	for range 10 {
		r := w.refused(nil, "?ticket=ticket-2-5")
		require.Equal(t, 503, r.status)
		require.Equal(t, "UNAVAILABLE", r.Reason)
		require.NotEmpty(t, r.header.Get("Retry-After"))
		require.Positive(t, r.RetryAfterMs)
	}
	require.Equal(t, asked, w.auth.asked.Load())
	eventually(t, "the ticket, which was not used up, is let in", func() bool {
		_, _, err := w.dial(nil, "?ticket=ticket-2-5")
		return err == nil
	})
}

func TestHandshakesWithoutACredentialTakeNoPlaceOfOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) { c.Socket.Admission.Rate, c.Socket.Admission.Burst = 0.001, 1 })
	for _, header := range []http.Header{
		nil, {"Authorization": {"Basic token-1-1"}}, {"Authorization": {"Bearer"}}, {"Authorization": {"Bearer  "}}, {"Authorization": {"token-1-1"}},
	} {
		require.Equal(t, 401, w.refused(header, "").status)
	}
	w.enter(from("1", ""))
	require.Equal(t, 503, w.refused(from("2", ""), "").status)
	require.Equal(t, 401, w.refused(nil, "").status, "and are not told to come back")
}

func TestAStormComesBackAsItIsToldAndAuthIsAskedForEachOnce(t *testing.T) {
	t.Parallel()
	const clients = 200
	w := newWorld(t, 1, func(c *Config) { c.Socket.Admission.Rate, c.Socket.Admission.Burst = 200, 20 })
	var turnedAway atomic.Int64
	var wg sync.WaitGroup
	for i := range clients {
		wg.Go(func() {
			for {
				_, resp, err := w.dial(from(strconv.Itoa(i+1), ""), "")
				if err == nil {
					return
				}
				require.Equal(t, 503, resp.StatusCode)
				var r refusal
				require.NoError(t, json.NewDecoder(resp.Body).Decode(&r))
				turnedAway.Add(1)
				<-time.After(time.Duration(r.RetryAfterMs) * time.Millisecond) // as it was told to
			}
		})
	}
	wg.Wait()
	require.Positive(t, turnedAway.Load())
	require.EqualValues(t, clients, w.auth.asked.Load())
}
