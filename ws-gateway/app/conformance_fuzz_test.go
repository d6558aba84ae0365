package app

import (
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// maxNoise bounds what one run sends, so that neither side waits for the other to read.
const maxNoise = 64 << 10

// silence ends whatever the bytes before it were: it fills any payload that was announced, and then it is an unmasked frame.
var silence = make([]byte, 70_000)

// FuzzFramesAfterTheHandshake sends any bytes. Whatever they are, the gateway sends nothing that RFC 6455 forbids and closes the
// connection: at the end of the client's stream, or else by itself after a frame that is none, within its close timeout.
func FuzzFramesAfterTheHandshake(f *testing.F) {
	w := newWorld(f, 1, func(c *Config) { c.Conn.CloseTimeout = 50 * time.Millisecond })
	for i, data := range noiseSeeds() {
		f.Add(data, true)
		if i < 20 || i%5 == 0 { // each of these waits for the close timeout
			f.Add(data, false)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, halfClose bool) {
		c := connectRaw(t, w)
		c.tryWrite(data[:min(len(data), maxNoise)])
		if halfClose {
			_ = c.conn.CloseWrite() // the gateway may have been first
		} else {
			c.tryWrite(silence)
		}
		closed, reset := c.drain()
		require.True(t, closed || reset || halfClose, "the connection ended without a close frame")
	})
}

// tryWrite sends bytes to a gateway that may have closed the connection.
func (c *raw) tryWrite(data []byte) {
	c.t.Helper()
	_, err := c.conn.Write(data)
	if !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) {
		require.NoError(c.t, err)
	}
}

// drain checks every frame up to the end of the connection. It reports whether there was a close frame, which has to be the
// last one, and whether the gateway cut unread bytes off.
func (c *raw) drain() (closed, reset bool) {
	c.t.Helper()
	for {
		f, err := readServed(c.r)
		switch {
		case errors.Is(err, io.EOF):
			return closed, false
		case errors.Is(err, syscall.ECONNRESET):
			return closed, true
		}
		require.NoError(c.t, err, "half a frame, a forbidden one, or no end of the connection")
		require.False(c.t, closed, "opcode %#x after the close frame", f.opcode)
		closed = f.opcode == opClose
	}
}

// noiseSeeds are inputs for a start: the cases that once went wrong, and many frames with faults in them, the same every time.
func noiseSeeds() [][]byte {
	seeds := [][]byte{
		nil,
		{0},
		{fin},
		{fin | opText, 0xff},
		[]byte("GET /ws HTTP/1.1\r\n\r\n"),
		announced(fin|opText, 1<<63, 8), slices.Concat(begun, announced(fin, 1<<63-1, 8)),
		masked(fin|opText, "\xed\xa0\x80"), masked(fin|opText, strings.Repeat("[", 10_000)), masked(fin|opClose, "\x03"),
		slices.Repeat(masked(fin|opPing, "p"), 3000), slices.Repeat(masked(opText, ""), 100), slices.Repeat(masked(fin|opText, "x"), 12),
		slices.Repeat(masked(fin|opText, ask("a")), 300), slices.Concat(closing(1000, ""), masked(fin|opText, ask("a"))),
		masked(fin|opText, `{"id":"s","type":"message.send","data":{"clientMsgId":"m","toUserId":"2","type":"text","content":{}}}`),
		masked(fin|opText, `{"id":"y","type":"sync"}`),
	}
	for seed := range uint64(150) {
		seeds = append(seeds, noise(rand.New(rand.NewPCG(seed, 0))))
	}
	return seeds
}

// noise is a few frames, mostly good ones, some with a byte changed or cut.
func noise(r *rand.Rand) []byte {
	payloads := []string{"", "x", ask("a"), `{"id":"y","type":"sync"}`, "\x03\xe8", "\x03\xeebye", "\xff\xfe", "κόσμε", strings.Repeat("y", 300)}
	var out []byte
	for range 1 + r.IntN(8) {
		f := wire{first: opcodes[r.IntN(len(opcodes))], payload: payloads[r.IntN(len(payloads))], width: []int{0, 0, 0, 2, 8}[r.IntN(5)]}
		if r.IntN(4) > 0 {
			f.first |= fin
		}
		data := f.bytes()
		switch r.IntN(8) {
		case 0:
			data[r.IntN(len(data))] ^= 1 << r.IntN(8)
		case 1:
			data = data[:r.IntN(len(data))]
		case 2:
			data[0] = byte(r.Uint32())
		}
		out = append(out, data...)
	}
	return out
}
