package app

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// The first bytes of frames: FIN and the opcode (RFC 6455 5.2).
const (
	fin = 0x80

	opContinuation = 0x0
	opText         = 0x1
	opBinary       = 0x2
	opClose        = 0x8
	opPing         = 0x9
	opPong         = 0xa
)

// patience bounds every exchange with the gateway; it is far beyond every timeout of the gateway, so that a hang shows.
const patience = 20 * time.Second

// plainMask is the key of frames whose case is not about masking.
var plainMask = [4]byte{0x37, 0xfa, 0x21, 0x3d}

// wire is a client frame, byte for byte. The zero width is the shortest encoding of the length.
type wire struct {
	first    byte     // FIN, RSV1-3 and the opcode
	payload  string   // before masking
	unmasked bool     // no mask bit, no key
	key      *[4]byte // nil: plainMask
	width    int      // bytes of the extended length: 2 or 8, also where fewer would do
	announce *uint64  // nil: the true length
}

// bytes encodes the frame.
func (f wire) bytes() []byte {
	length := uint64(len(f.payload))
	if f.announce != nil {
		length = *f.announce
	}
	mask := byte(0x80)
	if f.unmasked {
		mask = 0
	}
	out := []byte{f.first}
	switch {
	case f.width == 8 || f.width == 0 && length > 0xffff:
		out = binary.BigEndian.AppendUint64(append(out, mask|127), length)
	case f.width == 2 || length > 125:
		out = binary.BigEndian.AppendUint16(append(out, mask|126), uint16(length))
	default:
		out = append(out, mask|byte(length))
	}
	if f.unmasked {
		return append(out, f.payload...)
	}
	key := plainMask
	if f.key != nil {
		key = *f.key
	}
	out = append(out, key[:]...)
	for i := range len(f.payload) {
		out = append(out, f.payload[i]^key[i%4])
	}
	return out
}

// masked is an ordinary client frame.
func masked(first byte, payload string) []byte { return wire{first: first, payload: payload}.bytes() }

// closing is a masked close frame with a code and a reason.
func closing(code int, reason string) []byte {
	return masked(fin|opClose, string([]byte{byte(code >> 8), byte(code)})+reason)
}

// ask is the payload of a request that the gateway answers by itself.
func ask(id string) string { return `{"id":"` + id + `","type":"ping"}` }

// asking is ask, padded to a number of bytes.
func asking(id string, size int) string {
	head, tail := `{"id":"`+id+`","type":"ping"`, `}`
	return head + strings.Repeat(" ", size-len(head)-len(tail)) + tail
}

// pieces cuts a message of one opcode into frames.
func pieces(opcode byte, parts ...string) [][]byte {
	var out [][]byte
	for i, part := range parts {
		first := byte(opContinuation)
		if i == 0 {
			first = opcode
		}
		if i == len(parts)-1 {
			first |= fin
		}
		out = append(out, masked(first, part))
	}
	return out
}

// served is a frame of the gateway.
type served struct {
	opcode  byte
	payload []byte
}

// errForbiddenFrame marks what a server must not send.
var errForbiddenFrame = errors.New("the gateway sent what RFC 6455 forbids")

func forbidden(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errForbiddenFrame, fmt.Sprintf(format, args...))
}

// readServed reads a frame and checks every rule for servers. The gateway never fragments, which is checked too.
func readServed(r io.Reader) (served, error) {
	var head [2]byte
	if _, err := io.ReadFull(r, head[:]); err != nil {
		return served{}, err
	}
	f := served{opcode: head[0] & 0x0f}
	switch {
	case head[0]&0x70 != 0:
		return f, forbidden("reserved bits in %#x", head[0])
	case head[0]&fin == 0:
		return f, forbidden("a fragment: %#x", head[0])
	case head[1]&0x80 != 0:
		return f, forbidden("a masked frame")
	case !slices.Contains([]byte{opText, opClose, opPing, opPong}, f.opcode):
		return f, forbidden("opcode %#x", f.opcode)
	}
	length, err := readLength(r, head[1])
	if err != nil {
		return f, err
	}
	if f.opcode >= opClose && length > 125 {
		return f, forbidden("a control frame of %d bytes", length)
	}
	f.payload = make([]byte, length)
	if _, err := io.ReadFull(r, f.payload); err != nil {
		return f, err
	}
	return f, f.check()
}

func readLength(r io.Reader, b byte) (uint64, error) {
	var ext [8]byte
	switch b {
	case 126:
		_, err := io.ReadFull(r, ext[:2])
		n := uint64(binary.BigEndian.Uint16(ext[:2]))
		if err == nil && n < 126 {
			err = forbidden("%d in two bytes", n)
		}
		return n, err
	case 127:
		_, err := io.ReadFull(r, ext[:])
		n := binary.BigEndian.Uint64(ext[:])
		if err == nil && (n <= 0xffff || n > 1<<30) {
			err = forbidden("%d in eight bytes", n)
		}
		return n, err
	default:
		return uint64(b), nil
	}
}

// check looks at what is inside a frame.
func (f served) check() error {
	switch f.opcode {
	case opText:
		if !utf8.Valid(f.payload) || !json.Valid(f.payload) {
			return forbidden("text that is no JSON: %q", f.payload)
		}
	case opClose:
		if len(f.payload) == 1 {
			return forbidden("half a close code")
		}
		if code := f.code(); code != noCode && !mayBeSent(code) {
			return forbidden("close code %d", code)
		}
		if len(f.payload) > 2 && !utf8.Valid(f.payload[2:]) {
			return forbidden("reason %q", f.payload[2:])
		}
	}
	return nil
}

// noCode is the close frame without a code.
const noCode = -1

func (f served) code() int {
	if len(f.payload) < 2 {
		return noCode
	}
	return int(binary.BigEndian.Uint16(f.payload))
}

// mayBeSent says which codes may stand in a close frame (RFC 6455 7.4 and the registry that it opens).
func mayBeSent(code int) bool {
	switch code {
	case 1004, 1005, 1006, 1015:
		return false
	default:
		return 1000 <= code && code <= 1014 || 3000 <= code && code <= 4999
	}
}

// users are those that raw clients log in as; nobody shares a connection limit.
var users atomic.Int64

// upgrade is an upgrade request, line by line.
type upgrade struct {
	request string
	headers []string
	body    string
}

// sampleKey and sampleAccept are the example of RFC 6455 1.3.
const (
	sampleKey    = "dGhlIHNhbXBsZSBub25jZQ=="
	sampleAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
)

// newUpgrade is a correct request of a user of its own.
func newUpgrade() *upgrade {
	user := strconv.FormatInt(1000+users.Add(1), 10)
	return &upgrade{request: "GET /ws HTTP/1.1", headers: []string{
		"Host: im.example", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
		"Sec-WebSocket-Key: " + sampleKey, "Authorization: Bearer token-" + user + "-" + user,
	}}
}

// without takes a header away.
func (h *upgrade) without(name string) *upgrade {
	h.headers = slices.DeleteFunc(h.headers, func(line string) bool { return strings.HasPrefix(line, name+":") })
	return h
}

// with adds header lines.
func (h *upgrade) with(lines ...string) *upgrade {
	h.headers = append(h.headers, lines...)
	return h
}

// set replaces the header of a line.
func (h *upgrade) set(line string) *upgrade {
	name, _, _ := strings.Cut(line, ":")
	return h.without(name).with(line)
}

func (h *upgrade) bytes() []byte {
	return []byte(h.request + "\r\n" + strings.Join(h.headers, "\r\n") + "\r\n\r\n" + h.body)
}

// quietWorld is a gateway that sends no heartbeat while a test looks at what it sends.
func quietWorld(t testing.TB) *world {
	t.Helper()
	return newWorld(t, 1, func(c *Config) { c.Hub.Heartbeat = time.Hour })
}

// raw is a client that sends exactly what it is told to.
type raw struct {
	t    testing.TB
	conn *net.TCPConn
	r    *bufio.Reader
}

// dialRaw opens a socket to the gateway, before any handshake.
func dialRaw(t testing.TB, w *world) *raw {
	t.Helper()
	return dialRawBy(t, w, net.Dialer{})
}

func dialRawBy(t testing.TB, w *world, d net.Dialer) *raw {
	t.Helper()
	socket, err := d.DialContext(t.Context(), "tcp", w.http.Listener.Addr().String())
	require.NoError(t, err)
	t.Cleanup(func() { _ = socket.Close() })
	require.NoError(t, socket.SetDeadline(time.Now().Add(patience)))
	conn, ok := socket.(*net.TCPConn)
	require.True(t, ok)
	return &raw{t: t, conn: conn, r: bufio.NewReader(conn)}
}

// write sends bytes in one write.
func (c *raw) write(data ...[]byte) {
	c.t.Helper()
	_, err := c.conn.Write(slices.Concat(data...))
	require.NoError(c.t, err)
}

// response reads the answer to a handshake; its body is read, too, unless it is an upgrade.
func (c *raw) response() (*http.Response, []byte) {
	c.t.Helper()
	resp, err := http.ReadResponse(c.r, &http.Request{Method: http.MethodGet})
	require.NoError(c.t, err)
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode == http.StatusSwitchingProtocols {
		return resp, nil
	}
	body, err := io.ReadAll(resp.Body)
	require.NoError(c.t, err)
	return resp, body
}

// connectRaw opens a connection and reads its hello.
func connectRaw(t testing.TB, w *world) *raw {
	t.Helper()
	c := dialRaw(t, w)
	c.write(newUpgrade().bytes())
	resp, body := c.response()
	require.Equal(t, http.StatusSwitchingProtocols, resp.StatusCode, "%s", body)
	c.hello()
	return c
}

func (c *raw) hello() {
	c.t.Helper()
	require.Equal(c.t, "- hello", summary(c.t, c.next()))
}

// next reads one frame.
func (c *raw) next() served {
	c.t.Helper()
	f, err := readServed(c.r)
	require.NoError(c.t, err)
	return f
}

// ended checks that the gateway closes the TCP connection without another byte.
func (c *raw) ended() {
	c.t.Helper()
	rest, err := io.ReadAll(c.r)
	if !errors.Is(err, syscall.ECONNRESET) { // bytes that came too late for the gateway to read
		require.NoError(c.t, err, "the gateway did not close the connection")
	}
	require.Empty(c.t, rest)
}

// summary is what a text frame says: its id and its type, or the reason of an error.
func summary(t testing.TB, f served) string {
	t.Helper()
	require.EqualValues(t, opText, f.opcode, "%q", f.payload)
	var r reply
	require.NoError(t, json.Unmarshal(f.payload, &r))
	id, what := "-", r.Type
	if r.ID != nil {
		id = *r.ID
	}
	if r.Error != nil {
		what = r.Error.Reason
	}
	return id + " " + what
}

// outcome is all that comes back.
type outcome struct {
	answers []string // summaries of the text frames
	pongs   []string // payloads
	code    int      // of the close frame; zero: there is none
}

// lives checks that the connection still serves requests and answers what came before.
func (c *raw) lives() outcome {
	c.t.Helper()
	c.write(masked(fin|opText, ask("fence")))
	got := c.collect("fence ok")
	require.Zero(c.t, got.code, "the connection was closed")
	return got
}

// dies reads up to the close frame and sees the connection end. The client has nothing more to say, which it shows.
func (c *raw) dies() outcome {
	c.t.Helper()
	got := c.collect("")
	_ = c.conn.CloseWrite() // the gateway may have been first
	c.ended()
	return got
}

// collect reads frames until an answer or a close frame.
func (c *raw) collect(until string) outcome {
	c.t.Helper()
	var got outcome
	for {
		f := c.next()
		switch f.opcode {
		case opPong:
			got.pongs = append(got.pongs, string(f.payload))
		case opClose:
			got.code = f.code()
			return got
		default:
			s := summary(c.t, f)
			if s == until {
				return got
			}
			got.answers = append(got.answers, s)
		}
	}
}

// exchange is one case: bytes to a connection that has had its hello, and all that comes of it.
type exchange struct {
	name string
	send [][]byte // one write each
	want outcome
}

// The common outcomes: a close frame and nothing before it, answers or pongs alone.
func closes(code int) outcome          { return outcome{code: code} }
func answers(texts ...string) outcome  { return outcome{answers: texts} }
func pongs(payloads ...string) outcome { return outcome{pongs: payloads} }

// once sends frames in one write.
func once(frames ...[]byte) [][]byte { return [][]byte{slices.Concat(frames...)} }

// runExchanges plays cases against one gateway, a connection each.
func runExchanges(t *testing.T, cases []exchange) {
	t.Helper()
	w := quietWorld(t)
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			c := connectRaw(t, w)
			for _, data := range tc.send {
				c.write(data)
			}
			if tc.want.code == 0 {
				require.Equal(t, tc.want, c.lives())
			} else {
				require.Equal(t, tc.want, c.dies())
			}
		})
	}
}
