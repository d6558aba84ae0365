package app

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// opcodes are all that RFC 6455 defines.
var opcodes = []byte{opContinuation, opText, opBinary, opClose, opPing, opPong}

// begun is a message whose last frame is missing.
var begun = masked(opText, `{"id":"a",`)

// before is what has to come before a frame of this opcode for it to be in its place.
func before(opcode byte) []byte {
	if opcode == opContinuation {
		return begun
	}
	return nil
}

func TestConformanceMasking(t *testing.T) {
	t.Parallel()
	var cases []exchange
	for _, opcode := range opcodes {
		for _, payload := range []string{"", "x"} {
			cases = append(cases, exchange{
				name: fmt.Sprintf("unmasked opcode %#x with %d bytes", opcode, len(payload)),
				send: once(before(opcode), wire{first: fin | opcode, payload: payload, unmasked: true}.bytes()),
				want: closes(1002),
			})
		}
	}
	zero, ones := [4]byte{}, [4]byte{0xff, 0xff, 0xff, 0xff}
	for name, key := range map[string]*[4]byte{"zero": &zero, "ones": &ones} {
		frame := func(opcode byte, payload string) []byte {
			return wire{first: opcode, payload: payload, key: key}.bytes()
		}
		cases = append(cases,
			exchange{name + " key, text", once(frame(fin|opText, ask("a"))), answers("a ok")},
			exchange{name + " key, binary", once(frame(fin|opBinary, ask("a"))), answers("- INVALID_ARGUMENT")},
			exchange{name + " key, fragments", once(frame(opText, `{"id":"a",`), frame(fin, `"type":"ping"}`)), answers("a ok")},
			exchange{name + " key, ping", once(frame(fin|opPing, "p")), pongs("p")},
			exchange{name + " key, pong", once(frame(fin|opPong, "p")), outcome{}},
			exchange{name + " key, close", once(frame(fin|opClose, "\x03\xe8")), closes(1000)},
		)
	}
	other := [4]byte{1, 2, 3, 4}
	cases = append(cases,
		exchange{
			"a key for each fragment",
			once(masked(opText, `{"id":"a",`), wire{first: fin, payload: `"type":"ping"}`, key: &other}.bytes()), answers("a ok"),
		},
		exchange{
			"a masked frame, then an unmasked one",
			once(masked(fin|opPing, "p"), wire{first: fin | opText, payload: ask("a"), unmasked: true}.bytes()),
			outcome{pongs: []string{"p"}, code: 1002},
		},
		exchange{
			"an unmasked frame, then a masked one",
			once(wire{first: fin | opPing, unmasked: true}.bytes(), masked(fin|opText, ask("a"))), closes(1002),
		},
	)
	runExchanges(t, cases)
}

func TestConformanceReservedBits(t *testing.T) {
	t.Parallel()
	var cases []exchange
	for rsv := byte(1); rsv < 8; rsv++ {
		for _, opcode := range opcodes {
			cases = append(cases, exchange{
				fmt.Sprintf("RSV %03b on opcode %#x", rsv, opcode),
				once(before(opcode), masked(fin|rsv<<4|opcode, "")), closes(1002),
			})
		}
		for _, opcode := range []byte{opContinuation, opText, opBinary} {
			cases = append(cases, exchange{
				fmt.Sprintf("RSV %03b on a first or middle fragment of opcode %#x", rsv, opcode),
				once(before(opcode), masked(rsv<<4|opcode, "x")), closes(1002),
			})
		}
	}
	runExchanges(t, cases)
}

func TestConformanceReservedOpcodes(t *testing.T) {
	t.Parallel()
	var cases []exchange
	for _, opcode := range []byte{3, 4, 5, 6, 7, 0xb, 0xc, 0xd, 0xe, 0xf} {
		cases = append(cases,
			exchange{fmt.Sprintf("opcode %#x", opcode), once(masked(fin|opcode, "")), closes(1002)},
			exchange{fmt.Sprintf("opcode %#x without FIN", opcode), once(masked(opcode, "x")), closes(1002)},
			exchange{fmt.Sprintf("opcode %#x inside a message", opcode), once(begun, masked(fin|opcode, "x")), closes(1002)},
		)
	}
	runExchanges(t, cases)
}

func announced(first byte, length uint64, width int) []byte {
	return wire{first: first, announce: &length, width: width}.bytes()
}

func TestConformanceLengths(t *testing.T) {
	t.Parallel()
	cases := []exchange{
		{"text of 0", once(masked(fin|opText, "")), answers("- INVALID_ARGUMENT")},
		{"text of 1", once(masked(fin|opText, "x")), answers("- INVALID_ARGUMENT")},
		{"binary of 0", once(masked(fin|opBinary, "")), answers("- INVALID_ARGUMENT")},
		{"binary of the limit", once(masked(fin|opBinary, strings.Repeat("x", 65536))), answers("- INVALID_ARGUMENT")},
		{"binary over the limit", once(masked(fin|opBinary, strings.Repeat("x", 65537))), closes(1009)},
		{"a message after one of the limit", once(masked(fin|opText, asking("a", 65536)), masked(fin|opText, asking("b", 65536))), answers("a ok", "b ok")},
	}
	for _, size := range []int{32, 124, 125, 126, 127, 128, 1023, 1024, 1025, 65534, 65535, 65536} {
		cases = append(cases, exchange{fmt.Sprintf("text of %d", size), once(masked(fin|opText, asking("a", size))), answers("a ok")})
	}
	for _, size := range []int{65537, 65538, 100_000, 200_000} {
		cases = append(cases, exchange{fmt.Sprintf("text of %d", size), once(masked(fin|opText, asking("a", size))), closes(1009)})
	}
	// The shortest encoding is the sender's duty (5.2). What it does to the receiver is not said; the gateway reads the length.
	for _, size := range []int{32, 125, 126, 65535} {
		for _, width := range []int{2, 8} {
			cases = append(cases, exchange{
				fmt.Sprintf("text of %d, length in %d bytes", size, width),
				once(wire{first: fin | opText, payload: asking("a", size), width: width}.bytes()), answers("a ok"),
			})
		}
	}
	for _, opcode := range []byte{opClose, opPing, opPong} {
		for _, width := range []int{2, 8} {
			cases = append(cases, exchange{
				fmt.Sprintf("control frame %#x, length in %d bytes", opcode, width),
				once(wire{first: fin | opcode, payload: "\x03\xe8", width: width}.bytes()), closes(1002),
			})
		}
	}
	for _, opcode := range []byte{opText, opBinary, opContinuation} {
		for _, length := range []uint64{65537, math.MaxUint32, 1 << 40, 1 << 62, math.MaxInt64, 1 << 63, 1<<63 + 1, math.MaxUint64} {
			cases = append(cases, exchange{
				fmt.Sprintf("opcode %#x announces %d bytes and sends none", opcode, length),
				once(before(opcode), announced(fin|opcode, length, 8)), closes(1009),
			})
		}
	}
	runExchanges(t, cases)
}

func TestConformanceFragments(t *testing.T) {
	t.Parallel()
	text := ask("a")
	single := strings.Split(text, "")
	ping, pong := masked(fin|opPing, "p"), masked(fin|opPong, "q")
	half := strings.Repeat(" ", 32768)
	fragments := func(parts ...string) [][]byte { return once(pieces(opText, parts...)...) }
	cases := []exchange{
		{"two", fragments(text[:9], text[9:]), answers("a ok")},
		{"three", fragments(text[:1], text[1:12], text[12:]), answers("a ok")},
		{"one byte each", fragments(single...), answers("a ok")},
		{"one byte and one write each", pieces(opText, single...), answers("a ok")},
		{"first empty", fragments("", text), answers("a ok")},
		{"middle empty", fragments(text[:5], "", text[5:]), answers("a ok")},
		{"last empty", fragments(text, ""), answers("a ok")},
		{"all empty", fragments("", "", "", ""), answers("- INVALID_ARGUMENT")},
		{"a thousand empty", fragments(append(make([]string, 1000), text)...), answers("a ok")},
		{"binary", once(pieces(opBinary, text[:9], text[9:])...), answers("- INVALID_ARGUMENT")},
		{"two messages", once(append(pieces(opText, text[:9], text[9:]), pieces(opText, `{"id":"b"`, `,"type":"ping"}`)...)...), answers("a ok", "b ok")},
		{"then a whole message", once(append(pieces(opText, text[:9], text[9:]), masked(fin|opText, ask("b")))...), answers("a ok", "b ok")},
		{"ping between", once(masked(opText, text[:9]), ping, masked(fin, text[9:])), outcome{answers: []string{"a ok"}, pongs: []string{"p"}}},
		{"pings between all", once(masked(opText, text[:3]), ping, masked(0, text[3:9]), ping, ping, masked(fin, text[9:])), outcome{answers: []string{"a ok"}, pongs: []string{"p", "p", "p"}}},
		{"empty ping between", once(masked(opText, text[:9]), masked(fin|opPing, ""), masked(fin, text[9:])), outcome{answers: []string{"a ok"}, pongs: []string{""}}},
		{"pong between", once(masked(opText, text[:9]), pong, masked(fin, text[9:])), answers("a ok")},
		{"close between", once(masked(opText, text[:9]), closing(1001, ""), masked(fin, text[9:])), closes(1001)},
		{"continuation of nothing", once(masked(fin, text)), closes(1002)},
		{"empty continuation of nothing", once(masked(fin, "")), closes(1002)},
		{"continuation of nothing without FIN", once(masked(opContinuation, text)), closes(1002)},
		{"continuation after a ping", once(ping, masked(fin, "z")), outcome{pongs: []string{"p"}, code: 1002}},
		{"text inside", once(begun, masked(fin|opText, text)), closes(1002)},
		{"text fragment inside", once(begun, masked(opText, text)), closes(1002)},
		{"binary inside", once(begun, masked(fin|opBinary, text)), closes(1002)},
		{"binary inside after a ping", once(begun, ping, masked(fin|opBinary, text)), outcome{pongs: []string{"p"}, code: 1002}},
		{"text inside binary", once(masked(opBinary, "x"), masked(fin|opText, text)), closes(1002)},
		{"sum of the limit", fragments(text, half, strings.Repeat(" ", 32768-len(text))), answers("a ok")},
		{"sum over the limit by one", fragments(text, half, strings.Repeat(" ", 32769-len(text))), closes(1009)},
		{"sum over the limit without an end", once(masked(opText, half), masked(0, half), masked(0, "x")), closes(1009)},
		{"sum over the limit and over 63 bits", once(begun, announced(fin, math.MaxInt64, 8)), closes(1009)},
		{"pings do not count", once(masked(opText, half), ping, ping, masked(fin, half)), outcome{answers: []string{"- INVALID_ARGUMENT"}, pongs: []string{"p", "p"}}},
		{"binary sum over the limit", once(pieces(opBinary, half, half, "x")...), closes(1009)},
	}
	for _, opcode := range []byte{opClose, opPing, opPong} {
		cases = append(cases,
			exchange{fmt.Sprintf("control frame %#x without FIN", opcode), once(masked(opcode, "")), closes(1002)},
			exchange{fmt.Sprintf("control frame %#x in two", opcode), once(pieces(opcode, "\x03", "\xe8")...), closes(1002)},
			exchange{fmt.Sprintf("control frame %#x without FIN inside a message", opcode), once(begun, masked(opcode, "")), closes(1002)},
		)
	}
	for n := 4; n <= 20; n += 4 {
		parts := make([]string, n)
		for i := range parts {
			parts[i] = text[i*len(text)/n : (i+1)*len(text)/n]
		}
		cases = append(cases, exchange{fmt.Sprintf("%d", n), fragments(parts...), answers("a ok")})
	}
	runExchanges(t, cases)
}

func TestConformanceContinuationOfAFinishedMessage(t *testing.T) {
	t.Parallel()
	c := connectRaw(t, quietWorld(t))
	c.write(pieces(opText, ask("a")[:9], ask("a")[9:])...)
	require.Equal(t, answers("a ok"), c.lives())
	c.write(masked(fin, "z"))
	require.Equal(t, closes(1002), c.dies())
}

// chopped sends every byte in a write of its own.
func chopped(data []byte) [][]byte {
	var out [][]byte
	for i := range data {
		out = append(out, data[i:i+1])
	}
	return out
}

func TestConformanceByteByByte(t *testing.T) {
	t.Parallel()
	runExchanges(t, []exchange{
		{"text", chopped(masked(fin|opText, ask("a"))), answers("a ok")},
		{"text with two bytes of length", chopped(masked(fin|opText, asking("a", 126))), answers("a ok")},
		{"text with eight bytes of length", chopped(wire{first: fin | opText, payload: ask("a"), width: 8}.bytes()), answers("a ok")},
		{"ping", chopped(masked(fin|opPing, "payload")), pongs("payload")},
		{"fragments and a ping", chopped(append(append(masked(opText, `{"id":"a",`), masked(fin|opPing, "p")...), masked(fin, `"type":"ping"}`)...)), outcome{answers: []string{"a ok"}, pongs: []string{"p"}}},
		{"close", chopped(closing(1000, "bye")), closes(1000)},
		{"not UTF-8", chopped(masked(fin|opText, "\xff")), closes(1007)},
		{"a first half that is late", [][]byte{masked(fin|opText, asking("a", 40_000))[:20_000], masked(fin|opText, asking("a", 40_000))[20_000:]}, answers("a ok")},
	})
}
