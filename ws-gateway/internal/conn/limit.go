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

// bounds are the options of all connections, and the rates that follow from them, made once.
type bounds struct {
	Options
	frames, bytes, control, refusals limit.Rate
	user, address                    limit.Rates
}

func newBounds(o Options) *bounds {
	return &bounds{
		Options:  o,
		frames:   limit.Rate{PerSecond: o.Rate, Burst: o.Burst},
		bytes:    limit.Rate{PerSecond: o.ByteRate, Burst: o.ByteBurst},
		control:  limit.Rate{PerSecond: o.ControlRate, Burst: o.ControlBurst},
		refusals: limit.Rate{PerSecond: o.RefusedRate, Burst: o.RefusedLimit},
		user: limit.Rates{
			Frames:    limit.Rate{PerSecond: o.UserRate, Burst: o.UserBurst},
			Bytes:     limit.Rate{PerSecond: o.UserByteRate, Burst: o.UserByteBurst},
			Malformed: perMinute(o.UserMalformed),
		},
		address: limit.Rates{
			Frames:    limit.Rate{PerSecond: o.AddressRate, Burst: o.AddressBurst},
			Bytes:     limit.Rate{PerSecond: o.AddressByteRate, Burst: o.AddressByteBurst},
			Malformed: perMinute(o.AddressMalformed),
		},
	}
}

func perMinute(n float64) limit.Rate { return limit.Rate{PerSecond: n / 60, Burst: n} }

// spend pays for one message of size bytes, out of the connection's own budget and those that it shares. Its bytes are those
// that its frames took of the socket, or those that they inflated to when these are more. It answers how long to wait when one
// of the budgets is used up.
func (c *Conn) spend(now time.Time, size int) time.Duration {
	o, at := c.opts, limit.At(now)
	size = max(size, c.tap.due())
	c.tap.settle()
	wait := c.budget.frames.Take(o.frames, at, 1)
	if wait == 0 {
		wait = c.budget.bytes.Take(o.bytes, at, float64(size))
	}
	if wait == 0 {
		wait = c.Budget.TakeFrame(&o.user, at, size)
	}
	if wait == 0 {
		wait = c.address.TakeFrame(&o.address, at, size)
	}
	if wait == 0 {
		return 0
	}
	return wait.Truncate(time.Millisecond) + time.Millisecond // clients are told in milliseconds
}

// spendRefusal pays for one frame that is over a limit and reports whether the connection lives on: refusals cost work too, and
// a client that listens to them causes few.
func (c *Conn) spendRefusal(now time.Time) bool {
	if c.budget.refusals.Take(c.opts.refusals, limit.At(now), 1) == 0 {
		return true
	}
	c.Close(frame.CloseRateIgnored)
	return false
}

// spendControl pays for one ping or pong and reports whether the connection lives on: nobody needs many of them. Bytes that
// cannot be paid for now are with the next frame.
func (c *Conn) spendControl(now time.Time) bool {
	o, at, size := c.opts, limit.At(now), c.tap.due()
	if c.budget.bytes.Take(o.bytes, at, float64(size)) == 0 {
		c.tap.settle()
		c.Budget.DrainBytes(&o.user, at, size)
		c.address.DrainBytes(&o.address, at, size)
	}
	if c.budget.control.Take(o.control, at, 1) == 0 {
		return true
	}
	c.Close(frame.CloseRateIgnored)
	return false
}

// spendRest pays, at the end of the connection, for what was not a whole message: hanging up in the middle of messages and
// coming back sends nothing for free.
func (c *Conn) spendRest(now time.Time) {
	at, size := limit.At(now), c.tap.due()
	c.tap.settle()
	c.Budget.DrainBytes(&c.opts.user, at, size)
	c.address.DrainBytes(&c.opts.address, at, size)
}

// Malformed counts a malformed frame and reports whether they were too many, of the connection or of those that it shares a
// budget with. Only the handler of the messages calls it.
func (c *Conn) Malformed(now time.Time) bool {
	at := limit.At(now)
	own := c.faults.add(now, c.opts.Malformed)
	user := c.Budget.TakeMalformed(&c.opts.user, at)
	address := c.address.TakeMalformed(&c.opts.address, at)
	return own || !user || !address
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
