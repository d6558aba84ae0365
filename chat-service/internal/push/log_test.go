package push_test

import (
	"bytes"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/chat-service/internal/push/pushtest"
)

// journal takes the log of the process.
type journal struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write implements io.Writer.
func (j *journal) Write(p []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.buf.Write(p)
}

// lines are those about a gateway.
func (j *journal) lines(gateway string) (about []string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for line := range strings.Lines(j.buf.String()) {
		if strings.Contains(line, gateway) {
			about = append(about, line)
		}
	}
	return about
}

// dying takes connections at an address and ends them at once, until it is closed.
func dying(t *testing.T, at string) (addr string, tried *atomic.Int64, end func()) {
	t.Helper()
	listener, err := net.Listen("tcp", at)
	require.NoError(t, err)
	tried = &atomic.Int64{}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			socket, err := listener.Accept()
			if err != nil {
				return
			}
			tried.Add(1)
			_ = socket.Close()
		}
	}()
	end = sync.OnceFunc(func() {
		_ = listener.Close()
		<-ended
	})
	t.Cleanup(end)
	return listener.Addr().String(), tried, end
}

//nolint:paralleltest // the log is the process's
func TestADeadGatewayIsLoggedOnceAndOnceWhenItIsBack(t *testing.T) {
	log := &journal{}
	before := logx.Reset()
	logx.SetWriter(logx.NewWriter(log))
	t.Cleanup(func() { logx.SetWriter(before) })
	const id = "gateway-that-is-logged"
	logged := func() int { return len(log.lines(id)) }

	addr, tried, end := dying(t, "127.0.0.1:0")
	b := newBench(t)
	b.Update([]string{id + "@" + addr})
	eventually(t, func() bool { return tried.Load() >= 4 }, "it is tried again and again")
	require.Equal(t, 1, logged())
	end()
	g := pushtest.StartAt(t, id, addr)
	eventually(t, func() bool { return logged() == 2 }, "it is back, though nothing is pushed to it")
	require.Contains(t, log.lines(id)[1], "is back")

	g.Stop()
	addr, tried, end = dying(t, addr)
	eventually(t, func() bool { return tried.Load() >= 4 }, "it is tried again and again")
	require.Equal(t, 3, logged())
	end()
	g = pushtest.StartAt(t, id, addr)
	b.Push(b.everywhere(), entry("s:1:2", 1, 1))
	eventually(t, func() bool { return logged() == 4 }, "it is back and takes a push")
	require.Contains(t, log.lines(id)[3], "is back")
	g.Refuse(true)
	b.Push(b.everywhere(), entry("s:1:2", 2, 1))
	eventually(t, func() bool { return logged() >= 5 }, "it ends its streams")
	require.Contains(t, log.lines(id)[4], pushtest.ErrRefused.Error())
}
