package schedule

import "time"

// SetClock replaces the clock before Start.
func (s *Schedule) SetClock(now func() time.Time) { s.now = now }
