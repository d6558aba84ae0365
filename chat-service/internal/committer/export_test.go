package committer

import "time"

// SetClock gives a committer that has not started another clock.
func (c *Committer) SetClock(now func() time.Time) { c.now = now }
