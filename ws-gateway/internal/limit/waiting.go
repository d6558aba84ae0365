package limit

import (
	"net/netip"
	"sync"
)

// Waiting counts the sockets of every address that have not shaken hands yet. It remembers an address as long as it has one.
type Waiting struct {
	limit int // of one address

	mu      sync.Mutex
	sockets map[key]int
}

// NewWaiting makes a count of nobody.
func NewWaiting(limit int) *Waiting { return &Waiting{limit: limit, sockets: map[key]int{}} }

// Enter counts one more socket of an address until its Leave, and reports whether there was room for it.
func (w *Waiting) Enter(addr netip.Addr) bool {
	k := keyOf(addr)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.sockets[k] >= w.limit {
		refusedAddressHandshaking.Inc()
		return false
	}
	w.sockets[k]++
	return true
}

// Leave takes a socket of the address back. It is called once for each that entered.
func (w *Waiting) Leave(addr netip.Addr) {
	k := keyOf(addr)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.sockets[k]--; w.sockets[k] == 0 {
		delete(w.sockets, k)
	}
}
