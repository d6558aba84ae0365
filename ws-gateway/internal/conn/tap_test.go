package conn

import (
	"bufio"
	"bytes"
	"io"
	"net"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestATapGivesEveryByteOnceHoweverItCame(t *testing.T) {
	t.Parallel()
	want := make([]byte, 5*chunkSize+123)
	for i := range want {
		want[i] = byte(i * 7)
	}
	for _, early := range []int{0, 1, 300} {
		for _, piece := range []int{1, headerRoom, headerRoom + 1, chunkSize - 1, chunkSize, chunkSize + 1, len(want)} {
			for _, room := range []int{1, 125, headerRoom, 512, chunkSize, 3 * chunkSize} {
				near, far := net.Pipe()
				beyond := bufio.NewReader(bytes.NewReader(want[:early]))
				_, _ = beyond.Peek(early)
				tap := newTap(near, beyond)
				tap.conn = &Conn{}
				done := make(chan error, 1)
				go func() {
					for rest := want[early:]; len(rest) > 0; rest = rest[min(piece, len(rest)):] {
						if _, err := far.Write(rest[:min(piece, len(rest))]); err != nil {
							done <- err
							return
						}
					}
					done <- far.Close()
				}()
				var got []byte
				buf := make([]byte, room)
				for {
					tap.await()
					n, err := tap.in.Read(buf)
					got = append(got, buf[:n]...)
					if err != nil {
						require.Equal(t, io.EOF, err)
						break
					}
				}
				require.NoError(t, <-done)
				require.Equal(t, want, got, "early %d, pieces of %d, room for %d", early, piece, room)
				require.Equal(t, len(want), tap.due())
			}
		}
	}
}
