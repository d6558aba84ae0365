package conn

import (
	"time"

	"im-backend/ws-gateway/internal/frame"
	"im-backend/ws-gateway/internal/limit"
)

// budget is what the client may still send, of the reader alone.
type budget struct {
	frames, bytes, control limit.Bucket
	refused                int // frames in a row
}

// spend pays for one frame of size bytes, out of the connection's own budget and those that it shares. It answers how long to
// wait when one of them is used up.
func (c *Conn) spend(now time.Time, size int) time.Duration {
	o, at := c.opts, limit.At(now)
	wait := c.budget.frames.Take(limit.Rate{PerSecond: o.Rate, Burst: o.Burst}, at, 1)
	if wait == 0 {
		wait = c.budget.bytes.Take(limit.Rate{PerSecond: o.ByteRate, Burst: o.ByteBurst}, at, float64(size))
	}
	if wait == 0 {
		wait = c.UserFrames.Take(limit.Rate{PerSecond: o.UserRate, Burst: o.UserBurst}, at, 1)
	}
	if wait == 0 {
		wait = c.address.Frames.Take(limit.Rate{PerSecond: o.AddressRate, Burst: o.AddressBurst}, at, 1)
	}
	if wait == 0 {
		c.budget.refused = 0
		return 0
	}
	c.budget.refused++
	return wait.Truncate(time.Millisecond) + time.Millisecond // clients are told in milliseconds
}

// spendControl pays for one ping or pong and reports whether the connection lives on: nobody needs many of them.
func (c *Conn) spendControl(now time.Time) bool {
	rate := limit.Rate{PerSecond: c.opts.ControlRate, Burst: c.opts.ControlBurst}
	if c.budget.control.Take(rate, limit.At(now), 1) == 0 {
		return true
	}
	c.Close(frame.CloseRateIgnored)
	return false
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
