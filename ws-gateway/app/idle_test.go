package app

import (
	"errors"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"
)

// TestAnIdleConnectionWaitsAtItsSocket looks at where the readers wait. Inside gorilla they would be so deep that none of them
// fits the smallest stack, which nothing but a memory figure would tell.
func TestAnIdleConnectionWaitsAtItsSocket(t *testing.T) { //nolint:paralleltest // it looks at all goroutines of the process
	const n = 20
	w := newWorld(t, 1, nil)
	for user := range n {
		c := w.connect(strconv.Itoa(user+1), "1")
		c.send(`{"id":"1","type":"ping"}`)
		c.next()
		for _, control := range []int{websocket.PongMessage, websocket.PingMessage} { // as after a heartbeat
			require.NoError(t, c.ws.WriteControl(control, []byte("idle"), time.Now().Add(time.Second)))
		}
		answered := errors.New("answered")
		c.ws.SetPongHandler(func(payload string) error {
			require.Equal(t, "idle", payload)
			return answered
		})
		_, _, err := c.ws.NextReader()
		require.ErrorIs(t, err, answered)
	}
	eventually(t, "all wait at their sockets", func() bool {
		dump := make([]byte, 8<<20)
		stacks := string(dump[:runtime.Stack(dump, true)])
		return strings.Count(stacks, "internal/conn.(*tap).await") >= n && !inGorilla(stacks)
	})
}

// inGorilla reports whether a reader of the gateway waits in gorilla; the test's own clients do.
func inGorilla(stacks string) bool {
	for stack := range strings.SplitSeq(stacks, "\n\n") {
		if strings.Contains(stack, "internal/conn.(*Conn).read(") && strings.Contains(stack, "websocket.(*Conn).NextReader") {
			return true
		}
	}
	return false
}
