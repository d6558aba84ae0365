package proxytest_test

import (
	"bufio"
	"io"
	"net"
	"os"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/utils/proxytest"
)

// echo answers every line with its own name before it.
func echo(t *testing.T, name string) (addr string, stop func()) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	stop = func() { _ = listener.Close() }
	t.Cleanup(stop)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				lines := bufio.NewScanner(conn)
				for lines.Scan() {
					_, _ = io.WriteString(conn, name+lines.Text()+"\n")
				}
			}()
		}
	}()
	return listener.Addr().String(), stop
}

func connect(t *testing.T, p *proxytest.Proxy) net.Conn {
	t.Helper()
	conn, err := net.Dial("tcp", p.Addr())
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// ask sends a line and answers what comes back within a time.
func ask(t *testing.T, conn net.Conn, within time.Duration) (string, error) {
	t.Helper()
	_, _ = io.WriteString(conn, "x\n")
	return hear(t, conn, within)
}

func hear(t *testing.T, conn net.Conn, within time.Duration) (string, error) {
	t.Helper()
	require.NoError(t, conn.SetReadDeadline(time.Now().Add(within)))
	buffer := make([]byte, 16)
	n, err := conn.Read(buffer)
	return string(buffer[:n]), err //nolint:wrapcheck // looked at as it is
}

const (
	patience = 10 * time.Second
	moment   = 50 * time.Millisecond
)

func TestTargetsTakeTurnsAndADeadOneIsPassedOver(t *testing.T) {
	t.Parallel()
	a, stop := echo(t, "a")
	b, _ := echo(t, "b")
	p := proxytest.Start(t, a, b)
	for _, want := range []string{"ax\n", "bx\n", "ax\n"} {
		got, err := ask(t, connect(t, p), patience)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	stop()
	for range 3 {
		got, err := ask(t, connect(t, p), patience)
		require.NoError(t, err)
		require.Equal(t, "bx\n", got)
	}
}

func TestAFrozenConnectionGoesOnWhereItStood(t *testing.T) {
	t.Parallel()
	a, _ := echo(t, "a")
	p := proxytest.Start(t, a)
	conn := connect(t, p)
	p.Freeze(true)
	_, err := ask(t, conn, moment)
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	p.Freeze(false)
	got, err := hear(t, conn, patience)
	require.NoError(t, err)
	require.Equal(t, "ax\n", got)
}

func TestLostCutAndRefusedConnections(t *testing.T) {
	t.Parallel()
	a, _ := echo(t, "a")
	p := proxytest.Start(t, a)
	lost := connect(t, p)
	_, err := ask(t, lost, patience)
	require.NoError(t, err)
	p.Lose()
	_, err = ask(t, lost, moment)
	require.ErrorIs(t, err, os.ErrDeadlineExceeded)
	fresh := connect(t, p)
	_, err = ask(t, fresh, patience)
	require.NoError(t, err)
	p.Cut()
	_, err = hear(t, fresh, patience)
	require.ErrorIs(t, err, io.EOF)
	p.Refuse(true)
	_, err = ask(t, connect(t, p), patience)
	require.Error(t, err)
	require.NotErrorIs(t, err, os.ErrDeadlineExceeded)
}

func TestAConnectionIsCutAfterItsBudget(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			_, _ = conn.Write([]byte("0123456789"))
		}
	}()
	p := proxytest.Start(t, listener.Addr().String())
	budget := 0
	p.CutAfter(func() int { budget++; return budget })
	for want := 1; want <= 3; want++ {
		conn, err := net.Dial("tcp", p.Addr())
		require.NoError(t, err)
		got, _ := io.ReadAll(conn)
		require.Len(t, got, want)
		require.NoError(t, conn.Close())
	}
	p.CutAfter(nil)
	conn, err := net.Dial("tcp", p.Addr())
	require.NoError(t, err)
	got := make([]byte, 10)
	_, err = io.ReadFull(conn, got)
	require.NoError(t, err)
	require.NoError(t, conn.Close())
}
