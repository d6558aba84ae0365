package limit

import (
	"sync"
	"time"

	"im-backend/common/utils/errs"
)

// AdmissionOptions say how many handshakes the gateway takes, whoever they are from.
type AdmissionOptions struct {
	Rate     float64       `json:",default=2000"` // a second in the long run
	Burst    float64       `json:",default=2000"` // at once
	MaxDelay time.Duration `json:",default=30s"`  // that somebody is sent away for, about
}

// Admission spreads a storm of handshakes, such as all clients coming back after an outage, over time. Whoever it does not
// admit gets a place in a queue that exists only as delays: the further the storm is over the rate, the longer.
type Admission struct {
	opts AdmissionOptions
	busy func() bool

	mu       sync.Mutex
	admitted Bucket
	last     Instant // the place of the last one who was sent away
}

// NewAdmission makes an admission that nobody has asked yet. While busy says so it admits nobody: whoever is in has not what it
// came for, and more would only wait longer.
func NewAdmission(o AdmissionOptions, busy func() bool) *Admission {
	return &Admission{opts: o, busy: busy}
}

// busyDelay is the least that somebody is sent away for while those who are in wait.
const busyDelay = time.Second

// Admit takes a handshake, or says when to come back. Errors: UNAVAILABLE.
func (a *Admission) Admit() error {
	delay := a.delay(At(time.Now()))
	if delay == 0 {
		return nil
	}
	refusedAdmission.Inc()
	return errs.ErrUnavailable.Saying("too many clients are connecting; try again").After(spread(delay))
}

func (a *Admission) delay(now Instant) time.Duration {
	rate := Rate{a.opts.Rate, a.opts.Burst}
	a.mu.Lock()
	defer a.mu.Unlock()
	first := now // place of the queue
	if a.busy() {
		first += Instant(busyDelay)
	} else if a.admitted.Take(rate, now, 1) == 0 {
		return 0
	}
	a.last = min(max(a.last, first)+rate.cost(1), now+Instant(a.opts.MaxDelay))
	return time.Duration(a.last - now)
}
