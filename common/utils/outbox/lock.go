package outbox

import (
	"context"
	"sync"
)

// keyedLock lets one caller at a time work on a key. Inside a process it saves double sends; between processes the
// idempotence of chat-service is what counts.
type keyedLock struct {
	mu    sync.Mutex
	turns map[string]*turn
}

type turn struct {
	slot  chan struct{} // holds one value while somebody works
	users int           // who works or waits
}

func newKeyedLock() *keyedLock { return &keyedLock{turns: map[string]*turn{}} }

// lock waits for the key until ctx ends. The caller calls unlock when it is done.
func (k *keyedLock) lock(ctx context.Context, key string) (unlock func(), err error) {
	k.mu.Lock()
	t, ok := k.turns[key]
	if !ok {
		t = &turn{slot: make(chan struct{}, 1)}
		k.turns[key] = t
	}
	t.users++
	k.mu.Unlock()
	select {
	case t.slot <- struct{}{}:
		return func() { <-t.slot; k.leave(key, t) }, nil
	case <-ctx.Done():
		k.leave(key, t)
		return nil, ctx.Err()
	}
}

func (k *keyedLock) leave(key string, t *turn) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if t.users--; t.users == 0 {
		delete(k.turns, key)
	}
}
