package app

import (
	"errors"
	"fmt"
	"net"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"im-backend/common/proto/gen/wsgatewaypb"
)

const (
	stalledClients = 50
	readingClients = 150
	slowQueue      = 128 << 10 // bytes
	socketBuffer   = 16 << 10  // bytes
	slowRounds     = 30
	slowEntry      = 64 << 10 // bytes of an entry for a stalled client: thirty of them are far more than its queue
)

// narrow makes the sockets of a listener hold little, so that a client that does not read is found soon.
type narrow struct{ net.Listener }

func (n narrow) Accept() (net.Conn, error) {
	c, err := n.Listener.Accept()
	if tcp, ok := c.(*net.TCPConn); ok {
		err = tcp.SetWriteBuffer(socketBuffer)
	}
	return c, err
}

// dialNarrow opens a connection whose socket holds little.
func (w *world) dialNarrow(user int) *client {
	w.t.Helper()
	narrow := net.Dialer{Control: func(_, _ string, raw syscall.RawConn) (err error) { // before the window is agreed upon
		controlled := raw.Control(func(fd uintptr) {
			err = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, socketBuffer)
		})
		return errors.Join(controlled, err)
	}}
	d := websocket.Dialer{HandshakeTimeout: 10 * time.Second, NetDialContext: narrow.DialContext, EnableCompression: w.dialect.deflate}
	if w.dialect.protocol != "" {
		d.Subprotocols = []string{w.dialect.protocol}
	}
	ws, _, err := d.Dial(w.url(), map[string][]string{"Authorization": {fmt.Sprintf("Bearer token-%d-1", user)}})
	require.NoError(w.t, err)
	w.t.Cleanup(func() { _ = ws.Close() })
	c := &client{t: w.t, ws: ws}
	require.Equal(w.t, "hello", c.next().Type)
	return c
}

// heapInUse is the memory of what is reachable now.
func heapInUse() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// own is an entry for one user alone, as large as it is said to be.
func own(user, seq int, size int) *wsgatewaypb.PushItem {
	item := roomEntry("n:"+strconv.Itoa(user), int64(seq))
	item.Room, item.UserIds = "", []int64{int64(user)}
	item.GetEntry().Content = []byte(`{"text":"` + strings.Repeat("z", size) + `"}`)
	return item
}

// TestManyStalledClientsCostTheirQueuesAndNobodyElseAnything has a quarter of all clients read nothing at all, and measures the
// memory of the process, which is why it runs alone.
func TestManyStalledClientsCostTheirQueuesAndNobodyElseAnything(t *testing.T) { //nolint:paralleltest // it measures memory
	w := newWorldOn(t, 1, func(lis net.Listener) net.Listener { return narrow{lis} }, func(c *Config) {
		c.Conn.QueueBytes, c.Conn.WriteTimeout = slowQueue, time.Minute
	})
	var stalled, reading []*client
	for i := range stalledClients + readingClients {
		w.member(int64(i+1), "g:1", 1, 1)
		if i < stalledClients {
			stalled = append(stalled, w.dialNarrow(i+1))
		} else {
			reading = append(reading, w.dialNarrow(i+1))
		}
	}
	var wg sync.WaitGroup
	for _, c := range reading {
		wg.Go(func() {
			for seq := range slowRounds {
				require.Equal(t, int64(seq+2), seqOf(t, c.next()), "everything, in order")
			}
		})
	}
	s := w.stream()
	before, peak := heapInUse(), int64(0)
	for round := range slowRounds {
		items := []*wsgatewaypb.PushItem{roomEntry("g:1", int64(round+2))}
		for i := range stalled {
			items = append(items, own(i+1, round+1, slowEntry))
		}
		s.push(items...)
		peak = max(peak, heapInUse()-before)
	}
	wg.Wait()
	t.Logf("at most %d KiB for each stalled client", peak>>10/stalledClients)
	// The queue, what is being written, and as much again for what the test and gRPC hold.
	require.Less(t, peak, int64(stalledClients*3*slowQueue), "memory of the stalled")
	for _, c := range stalled {
		code, got := c.closeCode()
		require.Equal(t, 4002, code)
		require.Less(t, len(got), 2*slowRounds, "it was closed before the end")
	}
	for _, c := range reading {
		require.Empty(t, c.fence(), "nobody else is closed")
	}
}
