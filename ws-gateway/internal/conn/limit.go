package conn

import (
	"time"

	"im-backend/ws-gateway/internal/frame"
	"im-backend/ws-gateway/internal/limit"
)

// budget is what the client may still send, of the reader alone.
type budget struct {
	frames, bytes, control, refusals limit.Bucket
}

// WireLimit is how many bytes of the socket the frames of one message may take: those of the largest message with room for
// fragments, whose headers are at least 6 bytes each.
func (o *Options) WireLimit() int64 { return 2*o.ReadLimit + 64<<10 }

// spend pays for one message of size bytes, out of the connection's own budget and those that it shares. Its bytes are those
// that its frames took of the socket, or those that they inflated to when these are more. It answers how long to wait when one
// of the budgets is used up.
func (c *Conn) spend(now time.Time, size int) time.Duration {
	o, at := c.opts, limit.At(now)
	size = max(size, c.tap.due())
	c.tap.settle()
	wait := c.budget.frames.Take(limit.Rate{PerSecond: o.Rate, Burst: o.Burst}, at, 1)
	if wait == 0 {
		wait = c.budget.bytes.Take(limit.Rate{PerSecond: o.ByteRate, Burst: o.ByteBurst}, at, float64(size))
	}
	if wait == 0 {
		wait = c.Budget.TakeFrame(at)
	}
	if wait == 0 {
		wait = c.address.Frames.Take(limit.Rate{PerSecond: o.AddressRate, Burst: o.AddressBurst}, at, 1)
	}
	if wait == 0 {
		return 0
	}
	return wait.Truncate(time.Millisecond) + time.Millisecond // clients are told in milliseconds
}

// spendRefusal pays for one frame that is over a limit and reports whether the connection lives on: refusals cost work too, and
// a client that listens to them causes few.
func (c *Conn) spendRefusal(now time.Time) bool {
	rate := limit.Rate{PerSecond: c.opts.RefusedRate, Burst: c.opts.RefusedLimit}
	if c.budget.refusals.Take(rate, limit.At(now), 1) == 0 {
		return true
	}
	c.Close(frame.CloseRateIgnored)
	return false
}

// spendControl pays for one ping or pong and reports whether the connection lives on: nobody needs many of them. Bytes that
// cannot be paid for now are with the next frame.
func (c *Conn) spendControl(now time.Time) bool {
	bytes := limit.Rate{PerSecond: c.opts.ByteRate, Burst: c.opts.ByteBurst}
	if c.budget.bytes.Take(bytes, limit.At(now), float64(c.tap.due())) == 0 {
		c.tap.settle()
	}
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
