package app

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// badUpgrade is a request that must not become a socket.
type badUpgrade struct {
	name    string
	request *upgrade
	status  int
	reason  string            // of the problem; empty: net/http answers by itself, before any handler
	headers map[string]string // that the answer has
}

// newer says which version is spoken, as RFC 6455 4.4 has it.
var newer = map[string]string{"Sec-Websocket-Version": "13"}

func refuse(t *testing.T, w *world, tc badUpgrade) {
	t.Helper()
	c := dialRaw(t, w)
	c.write(tc.request.bytes())
	resp, body := c.response()
	require.Equal(t, tc.status, resp.StatusCode, "%s", body)
	require.Empty(t, resp.Header.Values("Sec-Websocket-Accept"))
	for name, want := range tc.headers {
		require.Equal(t, []string{want}, resp.Header.Values(name))
	}
	if tc.reason == "" {
		return
	}
	require.Equal(t, "application/problem+json", resp.Header.Get("Content-Type"))
	require.NotEmpty(t, resp.Header.Get("X-Request-Id"))
	var problem struct {
		Status int
		Reason string
	}
	require.NoError(t, json.Unmarshal(body, &problem), "%s", body)
	require.Equal(t, tc.status, problem.Status)
	require.Equal(t, tc.reason, problem.Reason)
}

func runRefusals(t *testing.T, cases []badUpgrade) {
	t.Helper()
	w := quietWorld(t)
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			refuse(t, w, tc)
		})
	}
}

// asked is a correct request but for its request line.
func asked(line string) *upgrade {
	u := newUpgrade()
	u.request = line
	return u
}

func TestConformanceHandshakeRequestLine(t *testing.T) {
	t.Parallel()
	cases := []badUpgrade{
		{"HTTP/1.0", asked("GET /ws HTTP/1.0"), 400, "INVALID_ARGUMENT", nil},
		{"HTTP/0.9", asked("GET /ws"), 400, "", nil},
		{"HTTP/2.0", asked("GET /ws HTTP/2.0"), 505, "", nil},
		{"no HTTP", asked("GET /ws XTTP/1.1"), 400, "", nil},
		{"lower-case method", asked("get /ws HTTP/1.1"), 405, "METHOD_NOT_ALLOWED", nil},
		{"the root", asked("GET / HTTP/1.1"), 404, "NOT_FOUND", nil},
		{"another path", asked("GET /wss HTTP/1.1"), 404, "NOT_FOUND", nil},
		{"a path below", asked("GET /ws/more HTTP/1.1"), 404, "NOT_FOUND", nil},
		{"another case", asked("GET /WS HTTP/1.1"), 404, "NOT_FOUND", nil},
	}
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} {
		cases = append(cases, badUpgrade{method, asked(method + " /ws HTTP/1.1"), 405, "METHOD_NOT_ALLOWED", nil})
	}
	runRefusals(t, cases)
}

func TestConformanceHandshakeHeaders(t *testing.T) {
	t.Parallel()
	const upgradeOf, connectionOf, versionOf, keyOf = "Upgrade", "Connection", "Sec-WebSocket-Version", "Sec-WebSocket-Key"
	cases := []badUpgrade{
		{"no Host", newUpgrade().without("Host"), 400, "", nil},
		{"two Hosts", newUpgrade().with("Host: other.example"), 400, "", nil},
		{"a blank before a colon", newUpgrade().with("X-Odd : 1"), 400, "", nil},
		{"no Upgrade", newUpgrade().without(upgradeOf), 400, "INVALID_ARGUMENT", nil},
		{"no Connection", newUpgrade().without(connectionOf), 400, "INVALID_ARGUMENT", nil},
		{"neither", newUpgrade().without(upgradeOf).without(connectionOf), 400, "INVALID_ARGUMENT", nil},
		{"empty Upgrade", newUpgrade().set("Upgrade:"), 400, "INVALID_ARGUMENT", nil},
		{"another Upgrade", newUpgrade().set("Upgrade: h2c"), 400, "INVALID_ARGUMENT", nil},
		{"Upgrade that begins alike", newUpgrade().set("Upgrade: websockets"), 400, "INVALID_ARGUMENT", nil},
		{"Upgrade in quotes", newUpgrade().set(`Upgrade: "websocket"`), 400, "INVALID_ARGUMENT", nil},
		{"empty Connection", newUpgrade().set("Connection:"), 400, "INVALID_ARGUMENT", nil},
		{"Connection: keep-alive", newUpgrade().set("Connection: keep-alive"), 400, "INVALID_ARGUMENT", nil},
		{"Connection: close", newUpgrade().set("Connection: close"), 400, "INVALID_ARGUMENT", nil},
		{"Connection without a comma", newUpgrade().set("Connection: keep-alive Upgrade"), 400, "INVALID_ARGUMENT", nil},
		{"no version", newUpgrade().without(versionOf), 400, "INVALID_ARGUMENT", newer},
		{"two versions in two lines", newUpgrade().with("Sec-WebSocket-Version: 8"), 400, "INVALID_ARGUMENT", newer},
		{"the same version twice", newUpgrade().with("Sec-WebSocket-Version: 13"), 400, "INVALID_ARGUMENT", newer},
		{"no key", newUpgrade().without(keyOf), 400, "INVALID_ARGUMENT", nil},
		{"the same key twice", newUpgrade().with("Sec-WebSocket-Key: " + sampleKey), 400, "INVALID_ARGUMENT", nil},
		{"two keys", newUpgrade().with("Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA=="), 400, "INVALID_ARGUMENT", nil},
	}
	for _, version := range []string{"", "0", "1", "7", "8", "12", "14", "113", "130", "013", "-13", "13.0", "0x0d", "thirteen", "13, 8", "8, 13", "13;"} {
		cases = append(cases, badUpgrade{"version " + version, newUpgrade().set("Sec-WebSocket-Version: " + version), 400, "INVALID_ARGUMENT", newer})
	}
	for name, key := range map[string]string{
		"empty": "", "one byte": "AA==", "15 bytes": "AAAAAAAAAAAAAAAAAAAA", "17 bytes": "AAAAAAAAAAAAAAAAAAAAAAA=", "32 bytes": strings.Repeat("A", 43) + "=",
		"no padding": "dGhlIHNhbXBsZSBub25jZQ", "one pad": "dGhlIHNhbXBsZSBub25jZQ=", "three pads": "dGhlIHNhbXBsZSBub25jZQ===", "URL alphabet": "_-hlIHNhbXBsZSBub25jZQ==",
		"not base64": "!!!!!!!!!!!!!!!!!!!!!!==", "a blank inside": "dGhlIHNhbXBs ZSBub25jZQ==", "in quotes": `"dGhlIHNhbXBsZSBub25jZQ=="`, "very long": strings.Repeat("A", 1000),
	} {
		cases = append(cases, badUpgrade{"key: " + name, newUpgrade().set("Sec-WebSocket-Key: " + key), 400, "INVALID_ARGUMENT", nil})
	}
	runRefusals(t, cases)
}

func TestConformanceHandshakeBodies(t *testing.T) {
	t.Parallel()
	with := func(body string, lines ...string) *upgrade {
		u := newUpgrade().with(lines...)
		u.body = body
		return u
	}
	ping := string(masked(fin|opText, ask("body")))
	runRefusals(t, []badUpgrade{
		{"a body", with("hello", "Content-Length: 5"), 400, "INVALID_ARGUMENT", nil},
		{"a body that is a frame", with(ping, "Content-Length: 31"), 400, "INVALID_ARGUMENT", nil},
		{"a body that does not come", with("", "Content-Length: 5"), 400, "INVALID_ARGUMENT", nil},
		{"a chunked body", with("5\r\nhello\r\n0\r\n\r\n", "Transfer-Encoding: chunked"), 400, "INVALID_ARGUMENT", nil},
		{"an empty chunked body", with("0\r\n\r\n", "Transfer-Encoding: chunked"), 400, "INVALID_ARGUMENT", nil},
		{"a large body", with(strings.Repeat("x", 5000), "Content-Length: 5000"), 413, "PAYLOAD_TOO_LARGE", nil},
		{"two lengths", with("hello", "Content-Length: 5", "Content-Length: 4"), 400, "", nil},
		{"no number", with("", "Content-Length: five"), 400, "", nil},
		{"another coding", with("", "Transfer-Encoding: gzip"), 501, "", nil},
	})
}

func TestConformanceHandshakeOrigins(t *testing.T) {
	t.Parallel()
	const listed = "http://127.0.0.1:8080"
	var cases []badUpgrade
	for name, origin := range map[string]string{
		"foreign": "http://evil.example", "null": "null", "empty": "", "another port": "http://127.0.0.1:8081", "no port": "http://127.0.0.1",
		"another scheme": "https://127.0.0.1:8080", "with a slash": listed + "/", "with a path": listed + "/ws", "as a suffix": "http://evil.example/" + listed,
		"as a prefix": listed + ".evil.example", "as a user": "http://127.0.0.1:8080@evil.example", "upper case": "HTTP://127.0.0.1:8080",
		"another case of a name": "http://LOCALHOST:8080", "two in one": listed + " " + listed, "two by a comma": listed + ", " + listed, "a star": "*",
		"the Host": "http://im.example",
	} {
		cases = append(cases, badUpgrade{name, newUpgrade().with("Origin: " + origin), 403, "FORBIDDEN", nil})
	}
	cases = append(cases,
		badUpgrade{"two lines", newUpgrade().with("Origin: "+listed, "Origin: "+listed), 403, "FORBIDDEN", nil},
		badUpgrade{"listed and foreign", newUpgrade().with("Origin: "+listed, "Origin: http://evil.example"), 403, "FORBIDDEN", nil},
		badUpgrade{"foreign, before the credential is looked at", newUpgrade().without("Authorization").with("Origin: http://evil.example"), 403, "FORBIDDEN", nil},
	)
	runRefusals(t, cases)
}

func TestConformanceHandshakeCredentials(t *testing.T) {
	t.Parallel()
	bearer := map[string]string{"Www-Authenticate": "Bearer"}
	none := func(line string) *upgrade {
		u := asked(line)
		return u.without("Authorization")
	}
	cases := []badUpgrade{
		{"none", newUpgrade().without("Authorization"), 401, "UNAUTHENTICATED", bearer},
		{"empty ticket", none("GET /ws?ticket= HTTP/1.1"), 401, "UNAUTHENTICATED", bearer},
		{"unknown ticket", none("GET /ws?ticket=nonsense HTTP/1.1"), 401, "UNAUTHENTICATED", bearer},
		{"a token as a ticket", none("GET /ws?ticket=token-1-1 HTTP/1.1"), 401, "UNAUTHENTICATED", bearer},
		{"a ticket by another name", none("GET /ws?Ticket=ticket-1-1 HTTP/1.1"), 401, "UNAUTHENTICATED", bearer},
		{"a token in the query", none("GET /ws?access_token=token-1-1 HTTP/1.1"), 401, "UNAUTHENTICATED", bearer},
		{"a bad token with a good ticket", asked("GET /ws?ticket=ticket-1-2 HTTP/1.1").set("Authorization: Bearer x"), 401, "UNAUTHENTICATED", bearer},
		{"a broken query", none("GET /ws?ticket=%zz HTTP/1.1"), 400, "INVALID_ARGUMENT", nil},
		{"an expired token", newUpgrade().set("Authorization: Bearer expired"), 401, "TOKEN_EXPIRED", bearer},
	}
	for _, value := range []string{
		"Bearer", "Bearer ", "Bearer nonsense", "token-1-1", "Basic token-1-1", "Basic dG9rZW4tMS0x", "BearerX token-1-1", "Bearer ticket-1-1",
		"Bearer, token-1-1", "Digest realm=x", ",", "Bearer  \t ",
	} {
		cases = append(cases, badUpgrade{"Authorization: " + value, newUpgrade().set("Authorization: " + value), 401, "UNAUTHENTICATED", bearer})
	}
	runRefusals(t, cases)
}

// goodUpgrade is a request that becomes a socket.
type goodUpgrade struct {
	name     string
	request  *upgrade
	protocol string // that is chosen; empty: none
}

// acceptOver makes the request on a client's socket and checks the answer.
func acceptOver(t *testing.T, c *raw, u *upgrade, protocol string) {
	t.Helper()
	c.write(u.bytes())
	accepted(t, c, protocol)
}

// accepted checks the answer to a handshake and that the connection serves.
func accepted(t *testing.T, c *raw, protocol string) {
	t.Helper()
	resp, body := c.response()
	require.Equal(t, http.StatusSwitchingProtocols, resp.StatusCode, "%s", body)
	require.Equal(t, "HTTP/1.1", resp.Proto)
	require.Equal(t, []string{"websocket"}, resp.Header.Values("Upgrade"))
	require.Equal(t, []string{"Upgrade"}, resp.Header.Values("Connection"))
	require.Equal(t, []string{sampleAccept}, resp.Header.Values("Sec-Websocket-Accept"))
	require.Empty(t, resp.Header.Values("Sec-Websocket-Extensions"))
	require.Empty(t, resp.Header.Values("Content-Length"))
	if protocol == "" {
		require.Empty(t, resp.Header.Values("Sec-Websocket-Protocol"))
	} else {
		require.Equal(t, []string{protocol}, resp.Header.Values("Sec-Websocket-Protocol"))
	}
	c.hello()
	require.Equal(t, outcome{}, c.lives())
}

func TestConformanceHandshakeAccepted(t *testing.T) {
	t.Parallel()
	const ours = "im.v1.json"
	w := quietWorld(t)
	cases := []goodUpgrade{
		{"plain", newUpgrade(), ""},
		{"a query besides", asked("GET /ws?x=1 HTTP/1.1"), ""},
		{"an absolute URI", asked("GET http://im.example/ws HTTP/1.1"), ""},
		{"header names in lower case", newUpgrade().set("upgrade: websocket").without("Upgrade").set("sec-websocket-version: 13").without("Sec-WebSocket-Version"), ""},
		{"Upgrade in capitals", newUpgrade().set("Upgrade: WebSocket"), ""},
		{"Upgrade of several", newUpgrade().set("Upgrade: h2c, websocket"), ""},
		{"Upgrade in two lines", newUpgrade().set("Upgrade: h2c").with("Upgrade: websocket"), ""},
		{"Upgrade twice", newUpgrade().with("Upgrade: websocket"), ""},
		{"Connection in lower case", newUpgrade().set("Connection: upgrade"), ""},
		{"Connection in capitals", newUpgrade().set("Connection: UPGRADE"), ""},
		{"Connection of several", newUpgrade().set("Connection: keep-alive, Upgrade"), ""},
		{"Connection of several, packed", newUpgrade().set("Connection: keep-alive,Upgrade,x"), ""},
		{"Connection in two lines", newUpgrade().set("Connection: keep-alive").with("Connection: Upgrade"), ""},
		{"blanks around values", newUpgrade().set("Sec-WebSocket-Version:   13  ").set("Sec-WebSocket-Key:\t" + sampleKey + " "), ""},
		{"an empty body", newUpgrade().with("Content-Length: 0"), ""},
		{"the scheme in lower case", newUpgrade().set("Authorization: bearer token-5001-1"), ""},
		{"the scheme in capitals", newUpgrade().set("Authorization: BEARER token-5002-1"), ""},
		{"blanks before the token", newUpgrade().set("Authorization: Bearer   token-5003-1"), ""},
		{"a ticket", asked("GET /ws?ticket=ticket-5004-1 HTTP/1.1").without("Authorization"), ""},
		{"a good token with a bad ticket", asked("GET /ws?ticket=nonsense HTTP/1.1"), ""},
		{"a listed origin", newUpgrade().with("Origin: http://127.0.0.1:8080"), ""},
		{"another listed origin", newUpgrade().with("Origin: http://localhost:8080"), ""},
		{"an extension that nobody knows", newUpgrade().with("Sec-WebSocket-Extensions: x-nothing; a=1"), ""},
		{"broken extensions", newUpgrade().with("Sec-WebSocket-Extensions: ;;=,"), ""},
		{"our subprotocol", newUpgrade().with("Sec-WebSocket-Protocol: im.v1.json"), ours},
		{"an unknown subprotocol", newUpgrade().with("Sec-WebSocket-Protocol: chat"), ""},
		{"a subprotocol in another case", newUpgrade().with("Sec-WebSocket-Protocol: IM.V1.JSON"), ""},
		{"a subprotocol that begins alike", newUpgrade().with("Sec-WebSocket-Protocol: im.v1.jsonx, im.v1"), ""},
		{"an empty subprotocol", newUpgrade().with("Sec-WebSocket-Protocol:"), ""},
		{"ours first", newUpgrade().with("Sec-WebSocket-Protocol: im.v1.json, chat"), ours},
		{"ours last", newUpgrade().with("Sec-WebSocket-Protocol: chat,superchat,im.v1.json"), ours},
		{"ours twice", newUpgrade().with("Sec-WebSocket-Protocol: im.v1.json, im.v1.json"), ours},
		{"ours in the first line", newUpgrade().with("Sec-WebSocket-Protocol: im.v1.json", "Sec-WebSocket-Protocol: chat"), ours},
		{"ours in the second line", newUpgrade().with("Sec-WebSocket-Protocol: chat", "Sec-WebSocket-Protocol: im.v1.json"), ours},
		{"ours after an empty one", newUpgrade().with("Sec-WebSocket-Protocol: , im.v1.json"), ours},
	}
	for _, offer := range []string{
		"permessage-deflate", "permessage-deflate; client_max_window_bits", "permessage-deflate; server_no_context_takeover", "x-webkit-deflate-frame",
	} {
		cases = append(cases, goodUpgrade{"extension " + offer, newUpgrade().with("Sec-WebSocket-Extensions: " + offer), ""})
	}
	for _, tc := range cases {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			acceptOver(t, dialRaw(t, w), tc.request, tc.protocol)
		})
	}
}

func TestConformanceARefusedHandshakeUsesNoTicketUp(t *testing.T) {
	t.Parallel()
	w := quietWorld(t)
	ticket := func() *upgrade { return asked("GET /ws?ticket=ticket-6001-1 HTTP/1.1").without("Authorization") }
	for _, broken := range []*upgrade{
		ticket().without("Upgrade"), ticket().without("Sec-WebSocket-Key"), ticket().set("Sec-WebSocket-Key: short"),
		ticket().set("Sec-WebSocket-Version: 8"), ticket().with("Transfer-Encoding: chunked"),
	} {
		broken.body = "0\r\n\r\n"
		refuse(t, w, badUpgrade{request: broken, status: 400, reason: "INVALID_ARGUMENT"})
	}
	refuse(t, w, badUpgrade{request: ticket().with("Origin: null"), status: 403, reason: "FORBIDDEN"})
	acceptOver(t, dialRaw(t, w), ticket(), "")
	refuse(t, w, badUpgrade{request: ticket(), status: 401, reason: "UNAUTHENTICATED"})
}

func TestConformanceARefusedSocketEnds(t *testing.T) {
	t.Parallel()
	w := quietWorld(t)
	for _, broken := range []*upgrade{
		newUpgrade().set("Sec-WebSocket-Version: 12"), newUpgrade().without("Sec-WebSocket-Key"), newUpgrade().set("Authorization: Bearer x"),
		newUpgrade().without("Authorization"), newUpgrade().with("Origin: null"), asked("GET /elsewhere HTTP/1.1"),
	} {
		c := dialRaw(t, w)
		c.write(broken.bytes())
		resp, _ := c.response()
		require.GreaterOrEqual(t, resp.StatusCode, 400)
		require.True(t, resp.Close)
		c.ended()
	}
}

func TestConformanceAHandshakeByteByByte(t *testing.T) {
	t.Parallel()
	c := dialRaw(t, quietWorld(t))
	all := newUpgrade().bytes()
	for i := range all {
		c.write(all[i : i+1])
	}
	accepted(t, c, "")
}

func TestConformanceFramesRightBehindTheHandshake(t *testing.T) {
	t.Parallel()
	w := quietWorld(t)
	for name, tc := range map[string]struct {
		frames []byte
		want   outcome
	}{
		"text":          {masked(fin|opText, ask("a")), answers("a ok")},
		"a large text":  {masked(fin|opText, asking("a", 65536)), answers("a ok")},
		"ping":          {masked(fin|opPing, "p"), pongs("p")},
		"half a frame":  {nil, outcome{}},
		"close":         {closing(1000, ""), closes(1000)},
		"broken frames": {masked(fin|opText|0x40, ""), closes(1002)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := dialRaw(t, w)
			c.write(newUpgrade().bytes(), tc.frames)
			resp, _ := c.response()
			require.Equal(t, http.StatusSwitchingProtocols, resp.StatusCode)
			if tc.want.code == 0 {
				c.hello()
				require.Equal(t, tc.want, c.lives())
			} else {
				got := c.dies()
				require.Equal(t, tc.want.code, got.code)
			}
		})
	}
}
