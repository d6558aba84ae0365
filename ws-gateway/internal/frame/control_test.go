package frame

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"
)

// masked is a client's control frame.
func masked(first byte, payload string) []byte {
	key := []byte{1, 2, 3, 4}
	f := append([]byte{first, 0x80 | byte(len(payload))}, key...)
	for i := range len(payload) {
		f = append(f, payload[i]^key[i%4])
	}
	return f
}

func TestReadControl(t *testing.T) {
	t.Parallel()
	long := string(bytes.Repeat([]byte("x"), maxControl))
	for name, test := range map[string]struct {
		data    []byte
		payload string
		ping    bool
		size    int
	}{
		"a ping":                {masked(finPing, "hello"), "hello", true, 11},
		"an empty ping":         {masked(finPing, ""), "", true, 6},
		"the longest ping":      {masked(finPing, long), long, true, 6 + maxControl},
		"a pong, unread":        {masked(finPong, "hello"), "", false, 11},
		"what follows is left":  {append(masked(finPing, "a"), masked(finText, "b")...), "a", true, 7},
		"nothing":               {},
		"half a header":         {data: []byte{finPing}},
		"half a key":            {data: masked(finPing, "")[:5]},
		"half a payload":        {data: masked(finPing, "hello")[:10]},
		"not masked":            {data: []byte{finPing, 5, 'h', 'e', 'l', 'l', 'o'}},
		"too long":              {data: append([]byte{finPing, 0x80 | 126, 0, 126}, make([]byte, 200)...)},
		"reserved bits":         {data: masked(finPing|rsv1, "")},
		"a fragment":            {data: masked(finPing&^0x80, "")},
		"a close":               {data: masked(finClose, "")},
		"a text":                {data: masked(finText, "hello")},
		"a text before a ping":  {data: append(masked(finText, "b"), masked(finPing, "a")...)},
		"a reserved opcode":     {data: masked(0x8b, "")},
		"an extended length":    {data: append([]byte{finPong, 0xff}, make([]byte, 200)...)},
		"a pong after its data": {data: append([]byte{0}, masked(finPong, "")...)},
	} {
		payload, ping, size := ReadControl(test.data)
		require.Equal(t, test.payload, payload, name)
		require.Equal(t, test.ping, ping, name)
		require.Equal(t, test.size, size, name)
	}
}
