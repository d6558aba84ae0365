package app

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
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
