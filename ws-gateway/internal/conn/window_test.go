package conn_test

import (
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/ws-gateway/internal/conn"
)

func TestAWindowHoldsNoMoreThanItsLimit(t *testing.T) {
	t.Parallel()
	const limit, rounds = 3, 2000
	var w conn.Window
	var inside atomic.Int32
	var leaving sync.WaitGroup
	for range rounds { // one reader enters, anybody leaves
		w.Enter(limit)
		require.LessOrEqual(t, inside.Add(1), int32(limit))
		leaving.Go(func() {
			inside.Add(-1)
			w.Leave()
		})
	}
	leaving.Wait()
	require.Zero(t, inside.Load())
}
