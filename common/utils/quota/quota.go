// Package quota bounds how often a user may do something, by the minute and by the day. It keeps nothing: what was spent stands in a
// row of the caller's database, locked while it is looked at and changed, so all instances of a service count together.
package quota

import "time"

// Rate is how often something may be done.
type Rate struct {
	PerMinute int64
	PerDay    int64
}

const (
	minute = time.Minute
	day    = 24 * time.Hour
)

// Window is what was spent of one rate, and since when. A window begins with the first time after the last one has ended.
type Window struct {
	At    int64 // unix milliseconds
	Count int64
}

// Spent is what a user has spent; the zero value is nothing.
type Spent struct {
	Minute, Day Window
}

// Take counts one more in both windows and answers zero, or counts it in none and answers how long to wait. now is unix
// milliseconds.
func (s *Spent) Take(r Rate, now int64) time.Duration { return s.TakeMany(r, now, 1) }

// TakeMany is Take for n at once, all or none of them; there is never room for more than the rate.
func (s *Spent) TakeMany(r Rate, now, n int64) time.Duration {
	s.Minute.begin(now, minute)
	s.Day.begin(now, day)
	wait := max(s.Minute.wait(now, minute, r.PerMinute-n), s.Day.wait(now, day, r.PerDay-n))
	if wait == 0 {
		s.Minute.Count += n
		s.Day.Count += n
	}
	return wait
}

// begin begins a window where the last one has ended.
func (w *Window) begin(now int64, length time.Duration) {
	if now >= w.At+length.Milliseconds() {
		*w = Window{At: now}
	}
}

// wait is how long a window stays above a count; zero: it is not. The clock of another instance may be behind.
func (w *Window) wait(now int64, length time.Duration, most int64) time.Duration {
	if w.Count <= most {
		return 0
	}
	return min(length, time.Duration(w.At+length.Milliseconds()-now)*time.Millisecond)
}
