package chatlink

import (
	"time"

	"im-backend/common/utils/errs"
)

const sweepEvery = 100 * time.Millisecond

// sweep ends what has taken too long: sends past their deadline, and streams on which nothing comes back.
func (p *Pool) sweep() {
	ticker := time.NewTicker(sweepEvery)
	defer ticker.Stop()
	for {
		select {
		case <-p.ctx.Done():
			return
		case now := <-ticker.C:
			for _, s := range p.expired(now) {
				s.done(nil, lateness(s))
			}
		}
	}
}

// lateness is the answer of a send that is over: what never left was not stored.
func lateness(s *send) error {
	if s.sent {
		return errs.ErrTimeout
	}
	return errs.ErrUnavailable
}

func (p *Pool) expired(now time.Time) []*send {
	p.mu.Lock()
	defer p.mu.Unlock()
	var late []*send
	for _, l := range p.links {
		late = append(late, l.dropLateLocked(now)...)
		if l.up && len(l.waiting) > 0 && now.Sub(l.progress) > p.opts.Stall {
			l.breakNow(errStalled)
		}
		if l.retired && l.size() == 0 && l.up {
			l.breakNow(nil)
		}
	}
	return late
}

// dropLateLocked takes the sends whose deadline has passed off the link.
func (l *link) dropLateLocked(now time.Time) []*send {
	var late []*send
	for _, list := range [][]*send{l.waiting, l.queue} {
		for _, s := range list {
			if l.byID[s.id] == s && now.After(s.deadline) {
				late = append(late, s)
			}
		}
	}
	for _, s := range late {
		l.dropLocked(s)
	}
	return late
}
