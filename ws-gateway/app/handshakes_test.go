package app

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"
)

// dialRawFrom is dialRaw from an address of this machine.
func dialRawFrom(t testing.TB, w *world, address string) *raw {
	t.Helper()
	return dialRawBy(t, w, net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(address)}})
}

// shakesHands makes a socket a connection.
func (c *raw) shakesHands() {
	c.t.Helper()
	c.write(newUpgrade().bytes())
	resp, body := c.response()
	require.Equal(c.t, http.StatusSwitchingProtocols, resp.StatusCode, "%s", body)
	c.hello()
}

func TestSocketsOfOneAddressThatHaveNotShakenHandsAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) { c.Socket.Gate.MaxHandshaking = 2 })
	here, there := "127.0.0.1", "127.0.0.2"
	one, two := dialRawFrom(t, w, here), dialRawFrom(t, w, here)
	dialRawFrom(t, w, here).ended()
	dialRawFrom(t, w, there).shakesHands()
	one.shakesHands() // and is none of them any more
	three := dialRawFrom(t, w, here)
	dialRawFrom(t, w, here).ended()
	three.write(newUpgrade().without("Authorization").bytes())
	resp, _ := three.response()
	require.Equal(t, http.StatusUnauthorized, resp.StatusCode)
	three.ended() // nor is who was refused
	require.NoError(t, two.conn.Close())
	eventually(t, "those that are gone make room", func() bool {
		four, five := dialRawFrom(t, w, here), dialRawFrom(t, w, here)
		defer func() { _, _ = four.conn.Close(), five.conn.Close() }()
		return four.isUp() && five.isUp()
	})
	require.Equal(t, answers(), one.lives())
}

func TestSocketsThatHaveNotShakenHandsAreBoundedTogether(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) {
		c.Socket.MaxHandshakes, c.Socket.TrustedProxies = 3, []string{"127.0.0.9"}
	})
	one := dialRawFrom(t, w, "127.0.0.1")
	dialRawFrom(t, w, "127.0.0.2")
	dialRawFrom(t, w, "127.0.0.9")
	dialRawFrom(t, w, "127.0.0.3").ended()
	dialRawFrom(t, w, "127.0.0.9").ended()
	one.shakesHands()
	dialRawFrom(t, w, "127.0.0.3").shakesHands()
}

// isUp reports whether a socket becomes a connection.
func (c *raw) isUp() bool {
	if _, err := c.conn.Write(newUpgrade().bytes()); err != nil {
		return false
	}
	resp, err := http.ReadResponse(c.r, &http.Request{Method: http.MethodGet})
	if err != nil {
		return false
	}
	_ = resp.Body.Close()
	return resp.StatusCode == http.StatusSwitchingProtocols
}

func TestSocketsOfATrustedProxyAreNotBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) {
		c.Socket.Gate.MaxHandshaking, c.Socket.TrustedProxies = 1, []string{"127.0.0.1"}
	})
	var waiting []*raw
	for range 5 {
		waiting = append(waiting, dialRawFrom(t, w, "127.0.0.1"))
	}
	for _, c := range waiting {
		c.shakesHands()
	}
	dialRawFrom(t, w, "127.0.0.2")
	dialRawFrom(t, w, "127.0.0.2").ended()
}

// crowd has the answers to a number of handshakes wait for each other, so that all of them are decided before one is upgraded.
type crowd struct {
	net.Listener
	all *sync.WaitGroup
}

func (c crowd) Accept() (net.Conn, error) {
	socket, err := c.Listener.Accept()
	return &waiter{Conn: socket, all: c.all}, err
}

type waiter struct {
	net.Conn
	all  *sync.WaitGroup
	once sync.Once
}

func (w *waiter) Write(p []byte) (int, error) {
	w.once.Do(func() { w.all.Done(); w.all.Wait() })
	return w.Conn.Write(p)
}

// fate is what becomes of a handshake: its connection lives, or is closed with a code, or was refused with a status.
type fate string

const lives fate = "lives"

// becomes opens a connection, and keeps it if it lives.
func (w *world) becomes(header http.Header) fate {
	ws, resp, err := w.dial(header, "")
	if err != nil {
		if resp == nil {
			return fate(err.Error())
		}
		return fate(strconv.Itoa(resp.StatusCode))
	}
	_ = ws.WriteMessage(websocket.TextMessage, []byte(ask("p"))) // it may be closed already
	_ = ws.SetReadDeadline(time.Now().Add(patience))
	for range 2 { // hello, and an answer
		if _, _, err = ws.ReadMessage(); err != nil {
			var closed *websocket.CloseError
			if errors.As(err, &closed) {
				return fate(strconv.Itoa(closed.Code))
			}
			return fate(err.Error())
		}
	}
	return lives
}

// TestNoMoreConnectionsThanMayLiveHoweverManyComeAtOnce has all of them come at the same time: as they like, and so that all
// are let in, or not, before the first is a connection.
func TestNoMoreConnectionsThanMayLiveHoweverManyComeAtOnce(t *testing.T) {
	t.Parallel()
	const limit, clients = 3, 24
	sameUser := func(i int) http.Header { return from("1", fmt.Sprintf("198.51.100.%d", i)) }
	sameAddress := func(i int) http.Header { return from(strconv.Itoa(i+1), "198.51.100.1") }
	nothingSame := func(i int) http.Header { return from(strconv.Itoa(i+1), fmt.Sprintf("198.51.100.%d", i)) }
	for name, tc := range map[string]struct {
		change func(*Config)
		header func(int) http.Header
		late   fate // of those that are too many
	}{
		"user":    {func(c *Config) { c.Hub.MaxPerUser = limit }, sameUser, "4003"},
		"address": {func(c *Config) { c.Socket.Gate.MaxPerAddress = limit }, sameAddress, "429"},
		"gateway": {func(c *Config) { c.Socket.Gate.MaxConnections = limit }, nothingSame, "429"},
	} {
		change := func(c *Config) { behindProxy(c); tc.change(c) }
		fates := func(w *world) map[fate]int {
			got := make([]fate, clients)
			var wg sync.WaitGroup
			for i := range clients {
				wg.Go(func() { got[i] = w.becomes(tc.header(i)) })
			}
			wg.Wait()
			count := map[fate]int{}
			for _, f := range got {
				count[f]++
			}
			return count
		}
		t.Run(name+" decided together", func(t *testing.T) {
			t.Parallel()
			var all sync.WaitGroup
			all.Add(clients)
			w := newWorldOn(t, 1, func(lis net.Listener) net.Listener { return crowd{lis, &all} }, change)
			require.Equal(t, map[fate]int{lives: limit, tc.late: clients - limit}, fates(w))
		})
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 1, change)
			got := fates(w)
			require.Equal(t, limit, got[lives], "%v", got)
			delete(got, lives)
			delete(got, "429") // those that were told before they were upgraded
			delete(got, tc.late)
			require.Empty(t, got)
		})
	}
}
