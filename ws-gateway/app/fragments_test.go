package app

import (
	"bytes"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// scattered is a request with a number of empty fragments inside, 6 bytes of the socket each.
func scattered(id string, empty int) []byte {
	text := ask(id)
	return slices.Concat(
		masked(opText, text[:9]), bytes.Repeat(masked(opContinuation, ""), empty), masked(fin|opContinuation, text[9:]),
	)
}

func TestAMessageOfEndlessFragmentsCloses(t *testing.T) {
	t.Parallel()
	w := quietWorld(t)
	for name, piece := range map[string][]byte{
		"empty": masked(opContinuation, ""),
		"tiny":  masked(opContinuation, "x"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := connectRaw(t, w)
			c.write(masked(opText, "{"), bytes.Repeat(piece, 300_000/len(piece)))
			require.Equal(t, closes(1009), c.dies())
		})
	}
	c := connectRaw(t, w)
	for range 5 { // each is within the bound
		c.write(scattered("a", 20_000))
		require.Equal(t, answers("a ok"), c.lives())
	}
}

func TestBytesOfFragmentHeadersCount(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) { c.Hub.Heartbeat, c.Conn.ByteRate, c.Conn.ByteBurst = time.Hour, 1, 200_000 })
	c := connectRaw(t, w)
	c.write(scattered("a", 20_000))
	require.Equal(t, answers("a ok"), c.lives())
	c.write(scattered("b", 20_000))
	require.Equal(t, answers("b RATE_LIMITED"), c.lives())
}

func TestAMessageThatDoesNotEndCloses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) { c.Hub.Heartbeat, c.Conn.MessageTimeout = 2*time.Second, 300*time.Millisecond })
	c, other := connectRaw(t, w), connectRaw(t, w)
	c.write(masked(opText, "{"))
	other.write(scattered("a", 1))
	for range 5 {
		f := c.next()
		if f.opcode == opClose {
			require.Equal(t, 4001, f.code())
			other.write(masked(fin|opText, ask("b")))
			for _, want := range []string{"a ok", "b ok"} { // its message was whole
				for f = other.next(); f.opcode == opPing; {
					f = other.next()
				}
				require.Equal(t, want, summary(t, f))
			}
			return
		}
		require.Equal(t, byte(opPing), f.opcode)
		c.write(masked(fin|opPong, string(f.payload)), masked(opContinuation, " "))
	}
	t.Fatal("pongs and fragments keep a message alive that does not end")
}
