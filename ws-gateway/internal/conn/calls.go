package conn

import "sync"

// Calls bounds what a connection has under way besides sends: so many at a time, and so many that wait.
type Calls struct {
	mu      sync.Mutex
	running int
	waiting []func()
}

// Add runs call in a goroutine of start's, now or when an earlier one has ended. It reports false when too many wait.
func (q *Calls) Add(start func(func()), atOnce, waiting int, call func()) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.running < atOnce {
		q.running++
		start(func() { q.run(call) })
		return true
	}
	if len(q.waiting) >= waiting {
		return false
	}
	q.waiting = append(q.waiting, call)
	return true
}

func (q *Calls) run(call func()) {
	for call != nil {
		call()
		call = q.next()
	}
}

func (q *Calls) next() func() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		q.running--
		return nil
	}
	call := q.waiting[0]
	q.waiting[0] = nil
	q.waiting = q.waiting[1:]
	return call
}
