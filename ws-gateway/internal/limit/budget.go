package limit

import "time"

// Rates are what a Budget gives.
type Rates struct {
	Frames    Rate
	Bytes     Rate // of the socket
	Malformed Rate // frames
}

// Budget is what several connections may send together. Its zero value is full. It is safe for concurrent use and takes no lock.
type Budget struct{ frames, bytes, malformed Shared }

// TakeFrame pays for one frame of so many bytes, or answers how long to wait for it.
func (b *Budget) TakeFrame(r *Rates, now Instant, bytes int) time.Duration {
	if wait := b.frames.Take(r.Frames, now, 1); wait > 0 {
		return wait
	}
	return b.TakeBytes(r, now, bytes)
}

// TakeBytes pays for bytes that are no frame's, or answers how long to wait for them.
func (b *Budget) TakeBytes(r *Rates, now Instant, bytes int) time.Duration {
	return b.bytes.Take(r.Bytes, now, float64(bytes))
}

// DrainBytes pays for bytes that came and cannot be refused any more: what there is of them.
func (b *Budget) DrainBytes(r *Rates, now Instant, bytes int) {
	b.bytes.Drain(r.Bytes, now, float64(bytes))
}

// TakeMalformed pays for one malformed frame and reports whether there was enough.
func (b *Budget) TakeMalformed(r *Rates, now Instant) bool {
	return b.malformed.Take(r.Malformed, now, 1) == 0
}

// isFull reports whether nothing is missing, so that nobody has to remember it.
func (b *Budget) isFull(now Instant) bool {
	return b.frames.isFull(now) && b.bytes.isFull(now) && b.malformed.isFull(now)
}
