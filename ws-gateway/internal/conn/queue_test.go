package conn

import (
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/ws-gateway/internal/frame"
)

// pair is a connection without a reader, and the other end of its socket.
func pair(t *testing.T, o Options) (*Conn, net.Conn) {
	t.Helper()
	lis, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { _ = lis.Close() }()
	far, err := net.Dial("tcp", lis.Addr().String())
	require.NoError(t, err)
	near, err := lis.Accept()
	require.NoError(t, err)
	var owner sync.WaitGroup
	w := NewWriter(&owner)
	c := newConn("id", Identity{}, newBounds(o), w, nil, near)
	c.raw, err = near.(*net.TCPConn).SyscallConn()
	require.NoError(t, err)
	c.held = false
	t.Cleanup(func() {
		_, _ = near.Close(), far.Close()
		w.Stop()
		owner.Wait()
	})
	return c, far
}

func small() Options {
	return Options{QueueFrames: 1000, QueueBytes: 1 << 20, WriteTimeout: 5 * time.Second, CloseTimeout: time.Second}
}

func TestFramesArriveInOrderWhoeverWritesThem(t *testing.T) {
	t.Parallel()
	o := small()
	o.QueueFrames, o.QueueBytes = 1_000_000, 1<<30
	c, far := pair(t, o)
	var want []byte
	for i := range 3000 { // far more than a socket holds, so that the slow way is taken too
		f := frame.Text(make([]byte, 10+i))
		f[len(f)-1] = byte(i)
		want = append(want, f...)
		c.Send(f)
	}
	got := make([]byte, len(want))
	_, err := io.ReadFull(far, got)
	require.NoError(t, err)
	require.Equal(t, want, got)
	c.Send(frame.Ping)
	_, err = io.ReadFull(far, got[:2])
	require.NoError(t, err)
	require.Equal(t, frame.Ping, got[:2])
}

func TestNothingFollowsAClose(t *testing.T) {
	t.Parallel()
	c, far := pair(t, small())
	c.Close(4501, frame.JSON.Codec().Kicked("X"))
	c.Send(frame.Text([]byte("late")))
	c.Close(1001)
	c.mu.Lock()
	c.readDone = true
	done := !c.writing
	c.mu.Unlock()
	if done { // the close frame was out before
		_ = c.socket.Close()
	}
	got, err := io.ReadAll(far)
	require.NoError(t, err)
	require.Equal(t, append(frame.JSON.Codec().Kicked("X"), frame.Close(4501, "")...), got)
}

func TestTheQueueIsBoundedInFramesAndBytes(t *testing.T) {
	t.Parallel()
	for name, o := range map[string]Options{
		"frames": {QueueFrames: 3, QueueBytes: 1 << 20, WriteTimeout: time.Second, CloseTimeout: time.Second},
		"bytes":  {QueueFrames: 1000, QueueBytes: 30, WriteTimeout: time.Second, CloseTimeout: time.Second},
	} {
		c, _ := pair(t, o)
		c.held = true // nothing is written
		for range 3 {
			c.Queue(frame.Text([]byte("12345678")))
			require.False(t, c.isClosing(), name)
		}
		c.Queue(frame.Text([]byte("12345678")))
		require.True(t, c.isClosing(), name)
		require.Equal(t, frame.CloseTooSlow, c.closeCode(), name)
		require.Equal(t, []queued{{data: frame.Close(frame.CloseTooSlow, "")}}, c.queue, name)
	}
}

func TestAnswersMayBeLargerThanTheQueueButNotManyOfThem(t *testing.T) {
	t.Parallel()
	o := small()
	o.QueueBytes = 100
	c, _ := pair(t, o)
	c.held = true
	page := frame.Text(make([]byte, 1000))
	c.Answer(page)
	c.Send(frame.Ping)
	require.False(t, c.isClosing())
	c.Answer(page)
	require.True(t, c.isClosing())
}

func TestQueueingForManyAllocatesNothing(t *testing.T) { //nolint:paralleltest // AllocsPerRun counts those of the whole process
	c, far := pair(t, small())
	go func() { _, _ = io.Copy(io.Discard, far) }()
	f := frame.Text(make([]byte, 100))
	for range 100 {
		c.Send(f)
	}
	require.Less(t, testing.AllocsPerRun(2000, func() { c.Send(f) }), 1.0)
}
