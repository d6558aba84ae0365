package app

import (
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"
)

// ping asks for a pong and answers the reason of its refusal, empty when there was none.
func (c *client) ping(padding int) string {
	c.t.Helper()
	c.send(`{"id":"p","type":"ping","data":{"x":"` + strings.Repeat("x", padding) + `"}}`)
	r := c.next()
	require.Equal(c.t, "p", *r.ID)
	if r.Type == "ok" {
		return ""
	}
	require.Positive(c.t, r.Error.RetryAfterMs)
	require.True(c.t, r.Error.Retryable)
	return r.Error.Reason
}

func TestFramesOfOneUserAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) {
		c.Conn.UserRate, c.Conn.UserBurst, c.Conn.RefusedRate, c.Conn.RefusedLimit = 0.001, 4, 0.001, 20
	})
	phone, web, other := w.connect("1", "1"), w.connect("1", "2"), w.connect("2", "3")
	for _, c := range []*client{phone, web, web, phone} {
		require.Empty(t, c.ping(0))
	}
	require.Equal(t, "RATE_LIMITED", phone.ping(0))
	require.Equal(t, "RATE_LIMITED", web.ping(0))
	require.Empty(t, other.ping(0))
	for range 19 {
		require.Equal(t, "RATE_LIMITED", web.ping(0))
	}
	web.send(`{"id":"p","type":"ping"}`)
	code, _ := web.closeCode()
	require.Equal(t, 4003, code, "who does not listen is closed")
	require.Equal(t, "RATE_LIMITED", phone.ping(0), "and nobody else")
}

func TestFramesOfOneAddressAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) {
		behindProxy(c)
		c.Conn.AddressRate, c.Conn.AddressBurst = 0.001, 4
	})
	one, two, other := w.enter(from("1", "2001:db8::1")), w.enter(from("2", "2001:db8::2")), w.enter(from("3", "2001:db8:1::1"))
	for _, c := range []*client{one, two, two, one} {
		require.Empty(t, c.ping(0))
	}
	require.Equal(t, "RATE_LIMITED", one.ping(0))
	require.Equal(t, "RATE_LIMITED", two.ping(0))
	require.Empty(t, other.ping(0))
}

func TestBytesOfOneUserAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) { c.Conn.UserByteRate, c.Conn.UserByteBurst = 1, 100_000 })
	phone, web, other := w.connect("1", "1"), w.connect("1", "2"), w.connect("2", "3")
	require.Empty(t, phone.ping(60_000))
	require.Equal(t, "RATE_LIMITED", web.ping(60_000))
	require.Empty(t, web.ping(10_000), "what is small still fits")
	require.Empty(t, other.ping(60_000))
}

func TestBytesOfOneAddressAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) {
		behindProxy(c)
		c.Conn.AddressByteRate, c.Conn.AddressByteBurst = 1, 100_000
	})
	one, two, other := w.enter(from("1", "2001:db8::1")), w.enter(from("2", "2001:db8::2")), w.enter(from("3", "2001:db8:1::1"))
	require.Empty(t, one.ping(60_000))
	require.Equal(t, "RATE_LIMITED", two.ping(60_000))
	require.Empty(t, two.ping(10_000), "what is small still fits")
	require.Empty(t, other.ping(60_000))
}

func TestBytesOfMessagesThatNeverEndCountWhenTheClientComesBack(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Config){
		"user":    func(c *Config) { c.Hub.MaxPerUser, c.Conn.UserByteRate, c.Conn.UserByteBurst = 1, 1, 100_000 },
		"address": func(c *Config) { c.Hub.MaxPerUser, c.Conn.AddressByteRate, c.Conn.AddressByteBurst = 1, 1, 100_000 },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 1, change)
			c := w.connect("1", "1")
			fragment, err := c.ws.NextWriter(websocket.TextMessage)
			require.NoError(t, err)
			_, err = fragment.Write(make([]byte, 60_000)) // most of it is flushed
			require.NoError(t, err)
			require.NoError(t, c.ws.NetConn().(*net.TCPConn).CloseWrite()) // all of it is read before the end
			c = w.again(t, "1")
			require.Equal(t, "RATE_LIMITED", c.ping(60_000))
			require.Empty(t, c.ping(10_000))
		})
	}
}

// again opens the only connection of a user as soon as the one before is gone.
func (w *world) again(t *testing.T, user string) *client {
	t.Helper()
	c := &client{t: t}
	eventually(t, "the only connection is gone", func() bool {
		ws, _, err := w.dial(from(user, ""), "")
		c.ws = ws
		return err == nil
	})
	require.Equal(t, "hello", c.next().Type)
	return c
}

func TestMalformedFramesOfManyConnectionsCloseWith4503(t *testing.T) {
	t.Parallel()
	here, there := "198.51.100.1", "198.51.100.2"
	for name, tc := range map[string]struct {
		change       func(*Config)
		one, two     http.Header
		free, strike http.Header // who is not concerned, and who is though it is new
	}{
		"user": {
			func(c *Config) { c.Conn.UserMalformed = 4 }, from("1", here), from("1", there), from("2", here), from("1", there),
		},
		"address": {
			func(c *Config) { c.Conn.AddressMalformed = 4 }, from("1", here), from("2", here), from("1", there), from("3", here),
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 1, func(c *Config) { behindProxy(c); tc.change(c) })
			one, two := w.enter(tc.one), w.enter(tc.two)
			for _, c := range []*client{one, two, two, one} {
				c.send("nonsense")
				require.Equal(t, "INVALID_ARGUMENT", c.next().Error.Reason)
			}
			closes := func(c *client) {
				c.send("nonsense")
				code, before := c.closeCode()
				require.Equal(t, 4503, code)
				require.Len(t, before, 1, "it is told why")
			}
			closes(two)
			require.Empty(t, one.ping(0), "who sends none lives on")
			closes(w.enter(tc.strike))
			closes(one)
			free := w.enter(tc.free)
			free.send("nonsense")
			require.Equal(t, "INVALID_ARGUMENT", free.next().Error.Reason)
			require.Empty(t, free.ping(0))
		})
	}
}

func TestComingBackGivesNoNewBudget(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Config){
		"user": func(c *Config) { c.Conn.UserRate, c.Conn.UserBurst = 0.001, 4 },
		"address": func(c *Config) {
			c.Conn.AddressRate, c.Conn.AddressBurst = 0.001, 4
			c.Socket.Gate.Handshakes = 1e9 // which are no reason to remember it
		},
		"bytes of a user": func(c *Config) { c.Conn.UserByteRate, c.Conn.UserByteBurst = 0.001, 200 },
		"bytes of an address": func(c *Config) {
			c.Conn.AddressByteRate, c.Conn.AddressByteBurst, c.Socket.Gate.Handshakes = 0.001, 200, 1e9
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, 1, func(c *Config) { c.Hub.MaxPerUser = 1; change(c) })
			c := w.connect("1", "1")
			for range 4 {
				require.Empty(t, c.ping(0))
			}
			require.NoError(t, c.ws.Close())
			require.Equal(t, "RATE_LIMITED", w.again(t, "1").ping(0))
		})
	}
}

func TestBytesOfOneConnectionAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) { c.Conn.ByteRate, c.Conn.ByteBurst = 1, 100_000 })
	c, other := w.connect("1", "1"), w.connect("1", "2")
	require.Empty(t, c.ping(60_000))
	require.Equal(t, "RATE_LIMITED", c.ping(60_000))
	require.Empty(t, c.ping(10_000), "what is small still fits")
	require.Empty(t, other.ping(60_000))
}

func TestManyRefusalsCloseWith4003WhateverPassesBetween(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) {
		c.Conn.ByteRate, c.Conn.ByteBurst, c.Conn.RefusedRate, c.Conn.RefusedLimit = 1, 100_000, 0.001, 5
	})
	c := w.connect("1", "1")
	require.Empty(t, c.ping(60_000))
	for range 5 {
		require.Equal(t, "RATE_LIMITED", c.ping(60_000))
		require.Empty(t, c.ping(0))
	}
	c.send(`{"id":"p","type":"ping","data":{"x":"` + strings.Repeat("x", 60_000) + `"}}`)
	code, _ := c.closeCode()
	require.Equal(t, 4003, code)
}

func TestAFloodThatIsNotReadClosesWith4003(t *testing.T) {
	t.Parallel()
	w := newWorldOn(t, 1, func(lis net.Listener) net.Listener { return narrow{lis} }, func(c *Config) {
		c.Conn.QueueFrames, c.Conn.CloseTimeout, c.Conn.Rate, c.Conn.Burst = 64, 10*time.Second, 0.001, 4
		c.Conn.RefusedRate = 0.001
	})
	c := w.dialNarrow(1)
	for range 1005 { // 4 pass, 1000 may be refused
		c.send(`{"id":"` + strings.Repeat("p", 64) + `","type":"ping"}`)
	}
	code, before := c.closeCode()
	require.Equal(t, 4003, code)
	require.Greater(t, len(before), 4, "it was told so")
}

func TestManyControlFramesCloseWith4003(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) { c.Conn.ControlRate, c.Conn.ControlBurst = 0.001, 5 })
	for _, kind := range []int{websocket.PingMessage, websocket.PongMessage} {
		c, other := w.connect("1", "1"), w.connect("1", "2")
		for range 5 {
			require.NoError(t, c.ws.WriteControl(kind, []byte("x"), time.Now().Add(time.Second)))
		}
		require.Empty(t, c.ping(0), "data frames have a budget of their own")
		require.NoError(t, c.ws.WriteControl(kind, []byte("x"), time.Now().Add(time.Second)))
		code, before := c.closeCode()
		require.Equal(t, 4003, code)
		require.Empty(t, before)
		require.Empty(t, other.ping(0))
	}
}
