package frame

import (
	"bytes"
	"compress/flate"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// inflate is the payload of a compressed frame, as RFC 7692 says.
func inflate(t *testing.T, f []byte) []byte {
	t.Helper()
	require.NotZero(t, f[0]&rsv1, "not compressed")
	f = bytes.Clone(f)
	f[0] &^= rsv1
	body := append(payload(t, f), "\x00\x00\xff\xff\x01\x00\x00\xff\xff"...)
	out, err := io.ReadAll(flate.NewReader(bytes.NewReader(body)))
	require.NoError(t, err)
	return out
}

func TestDeflatedFramesInflateToTheSame(t *testing.T) {
	t.Parallel()
	for _, n := range []int{512, 5000, 70_000, 1 << 20} {
		for _, f := range [][]byte{Text([]byte(strings.Repeat("text ", n/4))), seal(finBinary, append(open(n), make([]byte, n)...))} {
			small := Deflate(f)
			require.Less(t, len(small), len(f))
			require.Equal(t, f[0], small[0]&^rsv1)
			require.Equal(t, payload(t, f), inflate(t, small))
			require.Equal(t, small, Deflate(f), "nothing is left of the frame before")
		}
	}
}

func TestWhatIsNotWorthItStaysAsItIs(t *testing.T) {
	t.Parallel()
	short := Text(make([]byte, deflateFrom-1))
	require.Equal(t, short, Deflate(short))
	noise := make([]byte, 2000)
	r := rand.NewChaCha8([32]byte{})
	_, _ = r.Read(noise)
	random := seal(finBinary, append(open(len(noise)), noise...))
	require.Equal(t, random, Deflate(random))
}
