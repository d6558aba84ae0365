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
	w := NewWaiting(2, 4)
	one, other := netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8:0:1::1")
	require.True(t, w.Enter(one, false))
	require.True(t, w.Enter(netip.MustParseAddr("2001:db8::2"), false), "of the same network")
	require.False(t, w.Enter(one, false))
	require.True(t, w.Enter(other, false))
	w.Leave(one, false)
	require.True(t, w.Enter(one, false))
	require.False(t, w.Enter(one, false), "who was refused is not counted")
	require.True(t, w.Enter(other, true), "a proxy's counts among all")
	require.False(t, w.Enter(other, false), "there is no room for any more")
	require.False(t, w.Enter(other, true))
	w.Leave(other, true)
	w.Leave(one, false)
	w.Leave(one, false)
	w.Leave(other, false)
	require.Empty(t, w.sockets)
	require.Zero(t, w.all)
}

func TestNoMoreWaitThanMayHoweverManyCome(t *testing.T) {
	t.Parallel()
	w := NewWaiting(3, 100)
	addr := netip.MustParseAddr("198.51.100.1")
	var inside atomic.Int64
	var over atomic.Bool
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 500 {
				if !w.Enter(addr, false) {
					continue
				}
				if inside.Add(1) > 3 {
					over.Store(true)
				}
				inside.Add(-1)
				w.Leave(addr, false)
			}
		})
	}
	wg.Wait()
	require.False(t, over.Load())
	require.Empty(t, w.sockets)
}
