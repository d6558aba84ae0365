package app

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestConformancePingAndPong(t *testing.T) {
	t.Parallel()
	var cases []exchange
	for size := range 126 {
		payload := strings.Repeat("\x00\xffp", 42)[:size]
		cases = append(cases, exchange{fmt.Sprintf("ping of %d", size), once(masked(fin|opPing, payload)), pongs(payload)})
	}
	for _, size := range []int{126, 127, 1000, 65535, 65536, 70_000} {
		payload := strings.Repeat("p", size)
		cases = append(cases,
			exchange{fmt.Sprintf("ping of %d", size), once(masked(fin|opPing, payload)), closes(1002)},
			exchange{fmt.Sprintf("pong of %d", size), once(masked(fin|opPong, payload)), closes(1002)},
		)
	}
	var many []string
	var pings [][]byte
	for i := range 80 {
		many = append(many, fmt.Sprint(i))
		pings = append(pings, masked(fin|opPing, fmt.Sprint(i)))
	}
	cases = append(cases,
		exchange{"many pings in one write", once(pings...), pongs(many...)},
		exchange{"many pings in as many writes", pings, pongs(many...)},
		exchange{"ping that is not UTF-8", once(masked(fin|opPing, "\xff\xfe")), pongs("\xff\xfe")},
		exchange{"ping that looks like a frame", once(masked(fin|opPing, string(closing(1000, "")))), pongs(string(closing(1000, "")))},
		exchange{"empty pong", once(masked(fin|opPong, "")), outcome{}},
		exchange{"pong of 125", once(masked(fin|opPong, strings.Repeat("p", 125))), outcome{}},
		exchange{"many pongs", once(slices.Repeat([][]byte{masked(fin|opPong, "p")}, 80)...), outcome{}},
		exchange{"pong, ping, request", once(masked(fin|opPong, "a"), masked(fin|opPing, "b"), masked(fin|opText, ask("c"))), outcome{pongs: []string{"b"}, answers: []string{"c ok"}}},
	)
	runExchanges(t, cases)
}

// codesToSend are close codes that a client may send, those at the edges of every range and some inside.
var codesToSend = []int{
	1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 3000, 3001, 3500, 3999, 4000, 4001, 4002, 4003, 4499, 4500, 4501,
	4502, 4503, 4998, 4999,
}

// codesNotToSend are those that may not, likewise. 1014 came into the registry after RFC 6455, for gateways; no client has a use for it.
var codesNotToSend = []int{
	0, 1, 2, 125, 126, 255, 256, 500, 998, 999, 1004, 1005, 1006, 1014, 1015, 1016, 1017, 1099, 1100, 1999, 2000, 2500, 2998, 2999, 5000,
	5001, 9999, 32767, 32768, 65534, 65535,
}

func TestConformanceCloseCodes(t *testing.T) {
	t.Parallel()
	cases := []exchange{
		{"no code", once(masked(fin|opClose, "")), closes(noCode)},
		// The body must begin with a code of two bytes (5.5.1). What the receiver answers is not said: the gateway takes half a
		// code for none and closes all the same.
		{"half a code", once(masked(fin|opClose, "\x03")), closes(noCode)},
	}
	for _, code := range codesToSend {
		cases = append(cases,
			exchange{fmt.Sprintf("%d", code), once(closing(code, "")), closes(code)},
			exchange{fmt.Sprintf("%d with a reason", code), once(closing(code, "gründlich")), closes(code)},
		)
	}
	for _, code := range codesNotToSend {
		cases = append(cases,
			exchange{fmt.Sprintf("%d", code), once(closing(code, "")), closes(1002)},
			exchange{fmt.Sprintf("%d with a reason", code), once(closing(code, "because")), closes(1002)},
		)
	}
	runExchanges(t, cases)
}

func TestConformanceCloseReasons(t *testing.T) {
	t.Parallel()
	var cases []exchange
	for _, size := range []int{1, 2, 122, 123} {
		cases = append(cases, exchange{fmt.Sprintf("%d bytes", size), once(closing(1000, strings.Repeat("r", size))), closes(1000)})
	}
	for _, size := range []int{124, 125, 1000, 70_000} {
		cases = append(cases, exchange{fmt.Sprintf("%d bytes", size), once(closing(1000, strings.Repeat("r", size))), closes(1002)})
	}
	for _, r := range validRunes {
		cases = append(cases, exchange{fmt.Sprintf("valid %+q", r), once(closing(1000, r)), closes(1000)})
	}
	// A reason that is not UTF-8 fails the connection (8.1); with which code is not said.
	for name, bytes := range invalidSequences {
		cases = append(cases, exchange{name, once(closing(1000, bytes)), closes(1002)})
	}
	cases = append(cases, exchange{"a rune cut by the limit", once(closing(1000, strings.Repeat("r", 122)+"é"[:1])), closes(1002)})
	runExchanges(t, cases)
}

func TestConformanceNothingIsAnsweredAfterAClose(t *testing.T) {
	t.Parallel()
	bye := closing(1000, "")
	runExchanges(t, []exchange{
		{"ping", once(bye, masked(fin|opPing, "p")), closes(1000)},
		{"pong", once(bye, masked(fin|opPong, "p")), closes(1000)},
		{"text", once(bye, masked(fin|opText, ask("a"))), closes(1000)},
		{"binary", once(bye, masked(fin|opBinary, "x")), closes(1000)},
		{"another close", once(bye, closing(1001, "")), closes(1000)},
		{"a forbidden frame", once(bye, masked(fin|0x70|0xf, "x")), closes(1000)},
		{"bytes that are no frames", once(bye, []byte(strings.Repeat("\xff", 500))), closes(1000)},
		{"many frames", once(bye, masked(fin|opText, strings.Repeat("x", 60_000)), masked(fin|opText, strings.Repeat("x", 60_000))), closes(1000)},
		{"ping before", once(masked(fin|opPing, "p"), bye, masked(fin|opPing, "q")), outcome{pongs: []string{"p"}, code: 1000}},
		{"after a broken frame", once(masked(fin|0x70|opText, ""), bye, masked(fin|opPing, "q"), masked(fin|opText, ask("a"))), closes(1002)},
		{"after too large a frame", once(masked(fin|opText, strings.Repeat("x", 70_000)), bye, masked(fin|opPing, "q")), closes(1009)},
		{"a close in fragments", once(masked(opClose, "\x03"), masked(fin, "\xe8")), closes(1002)},
		{"an unmasked close", once(wire{first: fin | opClose, payload: "\x03\xe8", unmasked: true}.bytes()), closes(1002)},
	})
}

func TestConformanceNothingIsAnsweredAfterTheGatewaysClose(t *testing.T) {
	t.Parallel()
	w := quietWorld(t)
	for name, late := range map[string][]byte{
		"ping": masked(fin|opPing, "p"), "text": masked(fin|opText, ask("a")), "close": closing(1000, ""),
		"another code": closing(3000, "other"), "no code": masked(fin|opClose, ""), "a forbidden frame": masked(fin|0x70|0xf, ""),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := connectRaw(t, w)
			c.write(masked(fin|opText, "\xff"))
			require.Equal(t, closes(1007), c.collect(""))
			c.write(late)
			_ = c.conn.CloseWrite() // the gateway may have been first
			c.ended()
		})
	}
}

func TestConformanceTheGatewayClosesTCPByItself(t *testing.T) {
	t.Parallel()
	w := quietWorld(t)
	for name, tc := range map[string]struct {
		send, reply []byte
		code        int
	}{
		"after the client's close":                 {closing(1000, ""), nil, 1000},
		"after a close without a code":             {masked(fin|opClose, ""), nil, noCode},
		"after its own close was answered":         {masked(fin|opText, "\xff"), closing(1007, ""), 1007},
		"after its own close was not answered":     {masked(fin|opText, "\xff"), nil, 1007},
		"after a broken frame, answered":           {masked(fin|opText|0x40, ""), closing(1002, ""), 1002},
		"after a broken frame, not answered":       {masked(fin|opText|0x40, ""), nil, 1002},
		"after too large a frame, not answered":    {masked(fin|opText, strings.Repeat("x", 70_000)), nil, 1009},
		"after a close of its own, pinged instead": {masked(fin|opText, "\xff"), masked(fin|opPing, "p"), 1007},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := connectRaw(t, w)
			c.write(tc.send)
			require.Equal(t, closes(tc.code), c.collect(""))
			c.write(tc.reply)
			c.ended()
		})
	}
}

func TestConformanceHalfClosedConnectionsEnd(t *testing.T) {
	t.Parallel()
	w := quietWorld(t)
	whole := masked(fin|opText, asking("a", 200))
	for name, data := range map[string][]byte{
		"at once":                     nil,
		"after one byte":              whole[:1],
		"inside the length":           whole[:3],
		"inside the key":              whole[:6],
		"before the payload":          whole[:8],
		"inside the payload":          whole[:100],
		"before the last byte":        whole[:len(whole)-1],
		"inside a message":            begun,
		"inside a ping":               masked(fin|opPing, "payload")[:9],
		"inside a close":              closing(1000, "")[:7],
		"after a pong":                masked(fin|opPong, ""),
		"before the limit's payload":  announced(fin|opText, 65536, 8),
		"inside a message, next head": append(slices.Clone(begun), 0),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := connectRaw(t, w)
			c.write(data)
			require.NoError(t, c.conn.CloseWrite())
			c.ended()
		})
	}
}

func TestConformanceACloseIsAnsweredThoughTheClientHasHalfClosed(t *testing.T) {
	t.Parallel()
	c := connectRaw(t, quietWorld(t))
	c.write(closing(4000, ""))
	require.NoError(t, c.conn.CloseWrite())
	require.Equal(t, closes(4000), c.collect(""))
	c.ended()
}
