package idgen

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestNextGrowsAndNeverRepeatsWhenTheClockStepsBack(t *testing.T) {
	t.Parallel()
	now := time.UnixMilli(epochMilli + 1_000_000)
	g := New(7)
	g.now = func() time.Time { return now }
	last := int64(0)
	for i := range 5000 {
		if i%1000 == 999 {
			now = now.Add(-time.Minute)
		}
		id := g.Next()
		require.Greater(t, id, last)
		last = id
	}
}

func TestNextIsUniqueAcrossGoroutinesAndNodes(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var wg sync.WaitGroup
	seen := map[int64]bool{}
	for _, g := range []*Generator{New(1), New(2)} {
		for range 4 {
			wg.Go(func() {
				for range 2000 {
					id := g.Next()
					mu.Lock()
					seen[id] = true
					mu.Unlock()
				}
			})
		}
	}
	wg.Wait()
	require.Len(t, seen, 2*4*2000)
}
