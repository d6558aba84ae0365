package conn

import "sync"

// Window bounds the frames of one connection that are taken and not done. While it is full the connection reads no further,
// so that a client which pipelines is slowed by its own socket and keeps its order.
type Window struct {
	mu    sync.Mutex
	taken int
	freed chan struct{} // closed by the next Leave; nil while nobody waits
}

// Enter takes a place, waiting while limit places are taken. Every place is left in time: what takes one has a deadline.
func (w *Window) Enter(limit int) {
	w.mu.Lock()
	for w.taken >= limit {
		if w.freed == nil {
			w.freed = make(chan struct{})
		}
		freed := w.freed
		w.mu.Unlock()
		<-freed
		w.mu.Lock()
	}
	w.taken++
	w.mu.Unlock()
}

// Leave gives a place back.
func (w *Window) Leave() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.taken--
	if w.freed != nil {
		close(w.freed)
		w.freed = nil
	}
}
