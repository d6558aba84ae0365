package limit

import (
	"net/netip"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestSocketsThatWaitAreCountedByAddressAndForgotten(t *testing.T) {
	t.Parallel()
	w := NewWaiting(2)
	one, other := netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8:0:1::1")
	require.True(t, w.Enter(one))
	require.True(t, w.Enter(netip.MustParseAddr("2001:db8::2")), "of the same network")
	require.False(t, w.Enter(one))
	require.True(t, w.Enter(other))
	w.Leave(one)
	require.True(t, w.Enter(one))
	require.False(t, w.Enter(one), "who was refused is not counted")
	w.Leave(one)
	w.Leave(one)
	w.Leave(other)
	require.Empty(t, w.sockets)
}

func TestNoMoreWaitThanMayHoweverManyCome(t *testing.T) {
	t.Parallel()
	w := NewWaiting(3)
	addr := netip.MustParseAddr("198.51.100.1")
	var inside atomic.Int64
	var over atomic.Bool
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 500 {
				if !w.Enter(addr) {
					continue
				}
				if inside.Add(1) > 3 {
					over.Store(true)
				}
				inside.Add(-1)
				w.Leave(addr)
			}
		})
	}
	wg.Wait()
	require.False(t, over.Load())
	require.Empty(t, w.sockets)
}
