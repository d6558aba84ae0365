package expiry

import "time"

// SetClock replaces the clock before Start.
func (e *Expiry) SetClock(now func() time.Time) { e.now = now }
