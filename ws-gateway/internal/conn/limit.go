package conn

import "time"

// budget is a token bucket for what the client sends, of the reader alone.
type budget struct {
	tokens  float64
	at      time.Time
	refused int // in a row
}

// take pays for one frame and reports whether it is within the limit.
func (b *budget) take(now time.Time, rate, burst float64) bool {
	b.tokens = min(burst, b.tokens+now.Sub(b.at).Seconds()*rate)
	b.at = now
	if b.tokens < 1 {
		b.refused++
		return false
	}
	b.tokens--
	b.refused = 0
	return true
}

// faults are the times of the last malformed frames; it has no memory until there is one.
type faults struct {
	times []time.Time
}

// add notes a malformed frame and reports whether limit of them came within a minute.
func (f *faults) add(now time.Time, limit int) bool {
	kept := f.times[:0]
	for _, t := range f.times {
		if now.Sub(t) < time.Minute {
			kept = append(kept, t)
		}
	}
	f.times = append(kept, now)
	return len(f.times) >= limit
}
