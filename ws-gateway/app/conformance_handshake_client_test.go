package app

import (
	"bufio"
	"encoding/json"
	"errors"
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

	"github.com/stretchr/testify/require"
)

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
