package frame

import (
	"compress/flate"
	"sync"
)

const (
	deflateFrom = 512 // bytes of a payload: smaller ones are not worth it
	flushTail   = 4   // bytes that end every flush, which RFC 7692 leaves out
)

// appender is an io.Writer to memory.
type appender []byte

// Write implements io.Writer.
func (a *appender) Write(p []byte) (int, error) {
	*a = append(*a, p...)
	return len(p), nil
}

var deflaters = sync.Pool{New: func() any {
	w, _ := flate.NewWriter(nil, flate.BestSpeed) // fails only for a level that does not exist
	return w
}}

// Deflate is a data frame compressed by itself, with no context from those before it, so that it can be shared by all
// connections; a frame that would not get smaller stays as it is.
func Deflate(f []byte) []byte {
	payload := payloadOf(f)
	if len(payload) < deflateFrom {
		return f
	}
	buf := appender(open(len(payload) / 2))
	w := deflaters.Get().(*flate.Writer) //nolint:errcheck // the pool holds nothing else
	w.Reset(&buf)
	_, _ = w.Write(payload) // memory does not fail
	_ = w.Flush()
	w.Reset(nil) // the pool keeps no frame alive
	deflaters.Put(w)
	if buf = buf[:len(buf)-flushTail]; len(buf)-maxHeader >= len(payload) {
		return f
	}
	return seal(f[0]|rsv1, buf)
}
