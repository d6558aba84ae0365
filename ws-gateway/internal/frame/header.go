// Package frame is the wire format of the gateway: it reads requests and writes answers, events and control frames as complete
// WebSocket frames, header included, so that one encoding can be queued on any number of connections. It knows no
// connection and no rule. It uses no reflection for what travels often.
package frame

import (
	"bytes"
	"encoding/binary"
)

// opcode bytes of unfragmented frames (RFC 6455 5.2).
const (
	finText   = 0x81
	finBinary = 0x82
	finClose  = 0x88
	finPing   = 0x89
	finPong   = 0x8a
	rsv1      = 0x40 // of a compressed message (RFC 7692)

	maxHeader  = 10  // bytes: a server's frames are not masked
	maxControl = 125 // bytes of a control frame's payload
)

// Ping is the heartbeat; it is shared by all connections.
var Ping = []byte{finPing, 0}

// open makes a buffer for a data frame of about size bytes, with room for the header in front.
func open(size int) []byte { return make([]byte, maxHeader, maxHeader+size) }

// seal writes the header right before the payload and answers the whole frame; first is its first byte.
func seal(first byte, buf []byte) []byte {
	n := len(buf) - maxHeader
	switch {
	case n <= maxControl:
		buf = buf[maxHeader-2:]
		buf[1] = byte(n)
	case n <= 0xffff:
		buf = buf[maxHeader-4:]
		buf[1] = 126
		binary.BigEndian.PutUint16(buf[2:], uint16(n))
	default:
		buf[1] = 127
		binary.BigEndian.PutUint64(buf[2:], uint64(n))
	}
	buf[0] = first
	return buf
}

// payloadOf is what a complete frame of ours carries.
func payloadOf(f []byte) []byte {
	switch f[1] {
	case 126:
		return f[4:]
	case 127:
		return f[10:]
	default:
		return f[2:]
	}
}

// Text is a text frame with a copy of payload.
func Text(payload []byte) []byte { return seal(finText, append(open(len(payload)), payload...)) }

// Pong answers a ping with its own payload, which is at most 125 bytes.
func Pong(payload string) []byte {
	return append([]byte{finPong, byte(len(payload))}, payload...)
}

// Close is a close frame; code zero sends none, which answers a peer that sent none.
func Close(code int, reason string) []byte {
	if code == 0 {
		return []byte{finClose, 0}
	}
	reason = reason[:min(len(reason), maxControl-2)]
	return append([]byte{finClose, byte(2 + len(reason)), byte(code >> 8), byte(code)}, reason...)
}

// IsClose reports whether a complete frame is a close frame, and its code, zero when it has none.
func IsClose(f []byte) (code int, ok bool) {
	if len(f) == 0 || f[0] != finClose {
		return 0, false
	}
	if len(f) >= 4 {
		code = int(binary.BigEndian.Uint16(f[2:]))
	}
	return code, true
}

// ReadControl reads the ping or pong of a client that data begins with: its payload, which is a copy, and how many bytes it takes.
// Zero bytes: data begins with something else, with a frame that is not proper, or it is not all there.
func ReadControl(data []byte) (payload string, ping bool, size int) {
	const masked, header = 0x80, 6
	if len(data) < header || (data[0] != finPing && data[0] != finPong) || data[1] < masked || data[1] > masked+maxControl {
		return "", false, 0
	}
	size = header + int(data[1]-masked)
	if len(data) < size {
		return "", false, 0
	}
	if ping = data[0] == finPing; !ping || size == header {
		return "", ping, size
	}
	plain := bytes.Clone(data[header:size])
	for i := range plain {
		plain[i] ^= data[2+i%4]
	}
	return string(plain), true, size
}
