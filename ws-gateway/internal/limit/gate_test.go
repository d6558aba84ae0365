package limit

import (
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/utils/errs"
)

func wide() GateOptions {
	return GateOptions{MaxConnections: 1 << 20, MaxPerAddress: 1 << 20, Handshakes: 1e9, HandshakeBurst: 1e9}
}

// enter lets in or answers when to come back.
func enter(t *testing.T, g *Gate, addr string) (*Address, time.Duration) {
	t.Helper()
	a, err := g.Enter(netip.MustParseAddr(addr))
	if err == nil {
		return a, 0
	}
	require.ErrorIs(t, err, errs.ErrRateLimited)
	require.Nil(t, a)
	return nil, errs.From(err).RetryAfter
}

// known is how many addresses are remembered.
func (g *Gate) known() (n int) {
	for i := range g.shards {
		g.shards[i].mu.Lock()
		n += len(g.shards[i].addresses)
		g.shards[i].mu.Unlock()
	}
	return n
}

func TestConnectionsAreCountedByAddress(t *testing.T) {
	t.Parallel()
	o := wide()
	o.MaxPerAddress = 2
	g := NewGate(o)
	one, _ := enter(t, g, "10.0.0.1")
	two, _ := enter(t, g, "::ffff:10.0.0.1")
	require.Same(t, one, two)
	_, wait := enter(t, g, "10.0.0.1")
	require.GreaterOrEqual(t, wait, comeBack/2)
	other, _ := enter(t, g, "10.0.0.2")
	require.NotNil(t, other)
	two.Leave()
	again, _ := enter(t, g, "10.0.0.1")
	require.Same(t, one, again)
}

func TestTheNetworkOfAnIPv6AddressIsOneAddress(t *testing.T) {
	t.Parallel()
	g := NewGate(wide())
	one, _ := enter(t, g, "2001:db8:0:1::1")
	same, _ := enter(t, g, "2001:db8:0:1:ffff::2")
	other, _ := enter(t, g, "2001:db8:0:2::1")
	require.Same(t, one, same)
	require.NotSame(t, one, other)
}

func TestAllConnectionsAreCounted(t *testing.T) {
	t.Parallel()
	o := wide()
	o.MaxConnections = 2
	g := NewGate(o)
	one, _ := enter(t, g, "10.0.0.1")
	enter(t, g, "10.0.0.2")
	_, wait := enter(t, g, "10.0.0.3")
	require.Positive(t, wait)
	one.Leave()
	three, _ := enter(t, g, "10.0.0.3")
	require.NotNil(t, three)
}

func TestHandshakesAreCountedByAddressAfterTheirConnectionsEnded(t *testing.T) {
	t.Parallel()
	o := wide()
	o.Handshakes, o.HandshakeBurst = 0.001, 3
	g := NewGate(o)
	for range 3 {
		a, _ := enter(t, g, "10.0.0.1")
		a.Leave()
	}
	_, wait := enter(t, g, "10.0.0.1")
	require.Greater(t, wait, 900*time.Second)
	other, _ := enter(t, g, "10.0.0.2")
	require.NotNil(t, other)
	require.EqualValues(t, 1, g.open.Load(), "who was refused is not counted")
}

func TestAddressesAreForgotten(t *testing.T) {
	t.Parallel()
	g := NewGate(wide()) // a handshake counts for a nanosecond
	stays, _ := enter(t, g, "10.1.0.0")
	for i := range 10_000 {
		a, _ := enter(t, g, fmt.Sprintf("10.0.%d.%d", i/256, i%256))
		a.Leave()
	}
	require.Less(t, g.known(), 10)
	stays.Leave()

	o := wide()
	o.Handshakes, o.HandshakeBurst = 1e6, 1 // counts for a microsecond: often longer than the connection
	g = NewGate(o)
	for i := range 10_000 {
		a, _ := enter(t, g, fmt.Sprintf("10.0.%d.%d", i/256, i%256))
		a.Leave()
	}
	require.LessOrEqual(t, g.known(), shards*20)
}

func TestTheGateIsSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	o := wide()
	o.MaxPerAddress = 3
	g := NewGate(o)
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 500 {
				a, err := g.Enter(netip.AddrFrom4([4]byte{10, 0, 0, byte((i + n) % 5)}))
				if err == nil {
					a.TakeFrame(every(Rate{1, 1}), At(time.Now()), 1)
					a.Leave()
				}
			}
		})
	}
	wg.Wait()
	require.Zero(t, g.open.Load())
}
