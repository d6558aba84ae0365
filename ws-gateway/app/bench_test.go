package app

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/proto/gen/wsgatewaypb"
	"im-backend/ws-gateway/internal/frame"
	"im-backend/ws-gateway/internal/hub"
)

// The benchmarks have their clients in a process of their own, which is this test binary again: the gateway's memory and
// time are then not mixed up with theirs.
const clientsEnv = "IM_BENCH_CLIENTS"

// runClients is that process: it opens n connections to addr, says so, and then writes a byte for each n frames of size
// bytes that came in. It ends with its standard input.
func runClients(spec string) {
	var addr string
	var n, size int
	if _, err := fmt.Sscan(spec, &addr, &n, &size); err != nil {
		panic(err)
	}
	var received atomic.Int64
	round := int64(n * size)
	for i := range n {
		socket := handshake(addr, i)
		go func() { // ends with the process
			buf := make([]byte, 32<<10)
			for {
				got, err := socket.Read(buf)
				if err != nil {
					return
				}
				now := received.Add(int64(got))
				for range now/round - (now-int64(got))/round {
					_, _ = os.Stdout.Write([]byte{'.'})
				}
			}
		}()
	}
	_, _ = os.Stdout.Write([]byte{'!'})
	_, _ = io.Copy(io.Discard, os.Stdin)
}

// handshake opens one connection and reads up to the end of its hello.
func handshake(addr string, i int) net.Conn {
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 0, 0, byte(2+i%4))}}
	socket, err := d.Dial("tcp", addr)
	if err != nil {
		panic(err)
	}
	fmt.Fprintf(socket, "GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"+
		"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nAuthorization: Bearer token-%d-1\r\n\r\n", i+1)
	r := bufio.NewReaderSize(socket, 1024)
	for line := ""; line != "\r\n"; {
		if line, err = r.ReadString('\n'); err != nil {
			panic(err)
		}
	}
	head := make([]byte, 4)
	if _, err = io.ReadFull(r, head); err != nil || head[1] != 126 {
		panic(fmt.Errorf("no hello: %x: %w", head, err))
	}
	if _, err = io.CopyN(io.Discard, r, int64(head[2])<<8|int64(head[3])); err != nil {
		panic(err)
	}
	return socket
}

// clients starts the process of the clients and answers its signs of life.
func (w *world) clients(b *testing.B, n, frameSize int) *bufio.Reader {
	b.Helper()
	cmd := exec.CommandContext(context.Background(), os.Args[0])
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s %d %d", clientsEnv, w.http.Listener.Addr(), n, frameSize))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	require.NoError(b, err)
	out, err := cmd.StdoutPipe()
	require.NoError(b, err)
	require.NoError(b, cmd.Start())
	b.Cleanup(func() { _ = in.Close(); _ = cmd.Wait() })
	signs := bufio.NewReader(out)
	sign, err := signs.ReadByte()
	require.NoError(b, err)
	require.Equal(b, byte('!'), sign)
	return signs
}

// manyFromHere lets any number of clients come from this machine, all at once.
func manyFromHere(c *Config) {
	c.Socket.Gate.MaxPerAddress, c.Socket.Gate.HandshakeBurst, c.Socket.Admission.Burst = 1_000_000, 1_000_000, 1_000_000
}

// rss is the memory of this process in bytes.
func rss(b *testing.B) int {
	b.Helper()
	status, err := os.ReadFile("/proc/self/status")
	require.NoError(b, err)
	_, rest, _ := strings.Cut(string(status), "VmRSS:")
	kib, err := strconv.Atoi(strings.Fields(rest)[0])
	require.NoError(b, err)
	return kib << 10
}

// BenchmarkIdleMemory reports the gateway's resident bytes for each idle authenticated connection, the fakes behind it
// included.
func BenchmarkIdleMemory(b *testing.B) {
	const n = 8000
	for b.Loop() {
		w := newWorld(b, 1, manyFromHere)
		w.connect("900001", "1")
		runtime.GC()
		before := rss(b)
		w.clients(b, n, 1)
		natural := rss(b) - before
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(natural)/n, "rss-B/conn")
		b.ReportMetric(float64(m.StackInuse)/n, "stack-B/conn")
		b.ReportMetric(float64(m.HeapInuse)/n, "heap-B/conn")
	}
}

// BenchmarkRoomFanOut pushes entries to a group of 1,000 connections, so many in flight.
func BenchmarkRoomFanOut(b *testing.B) {
	for _, inFlight := range []int{1, 2, 16} {
		b.Run(strconv.Itoa(inFlight), func(b *testing.B) {
			const n = 1000
			item := roomEntry("g:1", 1)
			item.GetEntry().Content = []byte(`{"text":"` + strings.Repeat("x", 100) + `"}`)
			item.GetEntry().Seq = 100_000
			size := len(frame.JSON.Codec().Message(item.GetEntry()))
			w := newWorld(b, 1, func(c *Config) { c.Hub.Heartbeat = time.Hour; manyFromHere(c) })
			for i := range n {
				w.member(int64(i+1), "g:1", 1, 99_999)
			}
			signs := w.clients(b, n, size)
			tokens := make(chan struct{}, inFlight)
			done := make(chan struct{})
			total := b.N
			go func() {
				defer close(done)
				for range total {
					_, _ = signs.ReadByte()
					<-tokens
				}
			}()
			start, cpu := time.Now(), cpuTime(b)
			b.ResetTimer()
			for i := range total {
				tokens <- struct{}{}
				item.GetEntry().Seq = 100_000 + int64(i)
				f := frame.JSON.Codec().Message(item.GetEntry())
				w.svc.Hub.Deliver(context.Background(), []*hub.Event{{
					Room: "g:1", Seq: 100_000, Encode: func(frame.Codec) []byte { return f },
				}})
			}
			<-done
			deliveries := float64(total * n)
			b.ReportMetric(deliveries/time.Since(start).Seconds(), "deliveries/s")
			b.ReportMetric((cpuTime(b)-cpu).Seconds()/deliveries*1000, "cpu-s/1000")
		})
	}
}

func cpuTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	require.NoError(b, syscall.Getrusage(syscall.RUSAGE_SELF, &u))
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkPushToAbsentUsers is what a gateway pays for entries that are for nobody here.
func BenchmarkPushToAbsentUsers(b *testing.B) {
	w := newWorld(b, 1, nil)
	s := w.stream()
	items := make([]*wsgatewaypb.PushItem, 100)
	for i := range items {
		items[i] = roomEntry("g:"+strconv.Itoa(i+1), 1)
	}
	b.ReportAllocs()
	for b.Loop() {
		s.push(items...)
	}
}
