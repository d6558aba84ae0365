package frame

import (
	"bytes"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"
)

// payload takes a data frame apart as RFC 6455 says.
func payload(t testing.TB, f []byte) []byte {
	t.Helper()
	require.Contains(t, []byte{0x80 | websocket.TextMessage, 0x80 | websocket.BinaryMessage}, f[0])
	n, at := int(f[1]), 2
	switch f[1] {
	case 126:
		n, at = int(f[2])<<8|int(f[3]), 4
	case 127:
		n, at = 0, 10
		for _, b := range f[2:10] {
			n = n<<8 | int(b)
		}
	}
	require.Len(t, f, at+n)
	return f[at:]
}

func TestTextFramesOfEverySize(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 125, 126, 127, 65535, 65536, 1 << 20} {
		want := bytes.Repeat([]byte("x"), n)
		require.Equal(t, want, append([]byte{}, payload(t, Text(want))...))
	}
}

func TestControlFrames(t *testing.T) {
	t.Parallel()
	code, ok := IsClose(Close(4002, strings.Repeat("r", 200)))
	require.True(t, ok)
	require.Equal(t, 4002, code)
	require.Len(t, Close(4002, strings.Repeat("r", 200)), 127)
	code, ok = IsClose(Close(0, ""))
	require.True(t, ok)
	require.Zero(t, code)
	_, ok = IsClose(Pong("x"))
	require.False(t, ok)
}
