package limit

import (
	"net/netip"
	"sync"
)

// Waiting counts the sockets that have not shaken hands yet, all of them and those of every address. It remembers an address as
// long as it has one.
type Waiting struct {
	perAddress int
	ofAll      int

	mu      sync.Mutex
	all     int
	sockets map[key]int
}

// NewWaiting makes a count of nobody. So many sockets of one address, and so many of all, may wait.
func NewWaiting(perAddress, ofAll int) *Waiting {
	return &Waiting{perAddress: perAddress, ofAll: ofAll, sockets: map[key]int{}}
}

// Enter counts one more socket until its Leave, and reports whether there was room for it. One of many people's address counts
// among all only.
func (w *Waiting) Enter(addr netip.Addr, ofMany bool) bool {
	k := keyOf(addr)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.all >= w.ofAll {
		refusedHandshaking.Inc()
		return false
	}
	if !ofMany && w.sockets[k] >= w.perAddress {
		refusedAddressHandshaking.Inc()
		return false
	}
	w.all++
	if !ofMany {
		w.sockets[k]++
	}
	return true
}

// Leave takes a socket back. It is called once for each that entered, as it entered.
func (w *Waiting) Leave(addr netip.Addr, ofMany bool) {
	k := keyOf(addr)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.all--
	if ofMany {
		return
	}
	if w.sockets[k]--; w.sockets[k] == 0 {
		delete(w.sockets, k)
	}
}
