// Package limit bounds what clients may do: connections and handshakes by address and of the whole gateway, and rates of
// anything by token buckets. It knows no connection and no frame; who is over a limit is told when to try again.
package limit

import (
	"sync/atomic"
	"time"
)

// Instant is a point of the monotonic clock, in nanoseconds since the process began.
type Instant int64

var began = time.Now()

// At is the instant of a time that time.Now answered.
func At(t time.Time) Instant { return Instant(t.Sub(began)) }

// Rate is what a bucket gives: PerSecond units in the long run, Burst at once. Both are positive.
type Rate struct{ PerSecond, Burst float64 }

// cost is how long n units take to come back.
func (r Rate) cost(n float64) Instant { return Instant(n / r.PerSecond * float64(time.Second)) }

// spend takes n units at an instant from a bucket that is full again at full. It answers when the bucket is full after that,
// or how long to wait until there is enough.
func (r Rate) spend(full, now Instant, n float64) (then Instant, wait time.Duration) {
	then = max(full, now) + r.cost(n)
	return then, max(0, time.Duration(then-now-r.cost(r.Burst)))
}

// Bucket is a token bucket in one word: when it is full again. Its zero value is full. It is for one goroutine.
type Bucket struct{ full Instant }

// Take takes n units. When there are not enough it takes none and answers how long to wait for them.
func (b *Bucket) Take(r Rate, now Instant, n float64) time.Duration {
	then, wait := r.spend(b.full, now, n)
	if wait == 0 {
		b.full = then
	}
	return wait
}

// isFull reports whether nothing is missing.
func (b *Bucket) isFull(now Instant) bool { return b.full <= now }

// Shared is a Bucket that is safe for concurrent use. It takes no lock.
type Shared struct{ full atomic.Int64 }

// Take is as that of Bucket.
func (s *Shared) Take(r Rate, now Instant, n float64) time.Duration {
	for {
		full := s.full.Load()
		then, wait := r.spend(Instant(full), now, n)
		if wait > 0 || s.full.CompareAndSwap(full, int64(then)) {
			return wait
		}
	}
}

// Drain takes n units, or all there are.
func (s *Shared) Drain(r Rate, now Instant, n float64) {
	for {
		full := s.full.Load()
		then, _ := r.spend(Instant(full), now, n)
		then = max(Instant(full), min(then, now+r.cost(r.Burst)))
		if s.full.CompareAndSwap(full, int64(then)) {
			return
		}
	}
}

// isFull is as that of Bucket.
func (s *Shared) isFull(now Instant) bool { return s.full.Load() <= int64(now) }
