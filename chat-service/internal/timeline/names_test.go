package timeline

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// directory answers ids with themselves, but 13, when it is let.
type directory struct {
	asked atomic.Int64
	ids   atomic.Int64
	err   error
	let   chan struct{} // nil: at once
}

func (d *directory) ask(_ context.Context, ids []int64) (map[int64]int64, error) {
	d.asked.Add(1)
	d.ids.Add(int64(len(ids)))
	if d.let != nil {
		<-d.let
	}
	found := map[int64]int64{}
	for _, id := range ids {
		if id != 13 {
			found[id] = id
		}
	}
	return found, d.err
}

func TestNamesAreAskedForOnceAMoment(t *testing.T) {
	t.Parallel()
	d := &directory{}
	n := newNames(d.ask)
	now := time.Unix(1000, 0)
	n.now = func() time.Time { return now }
	ctx := context.Background()
	require.Equal(t, map[int64]int64{1: 1, 2: 2}, n.get(ctx, []int64{1, 2, 1}))
	require.EqualValues(t, 2, d.ids.Load())
	require.Equal(t, map[int64]int64{2: 2, 3: 3}, n.get(ctx, []int64{2, 3}))
	require.EqualValues(t, 3, d.ids.Load(), "only what is not known")
	n.get(ctx, []int64{13})
	n.get(ctx, []int64{13})
	require.EqualValues(t, 4, d.ids.Load(), "that there is nothing is known too")
	now = now.Add(namesLife)
	n.get(ctx, []int64{1, 2, 3, 13})
	require.EqualValues(t, 8, d.ids.Load())
	d.err = errors.New("away")
	require.Empty(t, n.get(ctx, []int64{20}))
	d.err = nil
	require.Equal(t, map[int64]int64{20: 20}, n.get(ctx, []int64{20}), "a failure is not kept")
}

func TestAStormAsksOnceForTheSameNames(t *testing.T) {
	t.Parallel()
	d := &directory{let: make(chan struct{})}
	n := newNames(d.ask)
	var storm sync.WaitGroup
	var right atomic.Int64
	const clients = 100
	waiting := make(chan struct{}, clients)
	for i := range int64(clients) {
		storm.Go(func() {
			waiting <- struct{}{}
			ids := []int64{1, 2, 3}
			if i%2 == 0 {
				ids = []int64{3, 4}
			}
			if len(n.get(context.Background(), ids)) == len(ids) {
				right.Add(1)
			}
		})
	}
	for range clients {
		<-waiting
	}
	close(d.let)
	storm.Wait()
	require.EqualValues(t, clients, right.Load())
	require.EqualValues(t, 4, d.ids.Load(), "each name once")
	require.LessOrEqual(t, d.asked.Load(), int64(2))
}

func TestWhoGivesUpHasTheNamesThatAreKnown(t *testing.T) {
	t.Parallel()
	d := &directory{}
	n := newNames(d.ask)
	n.get(context.Background(), []int64{1})
	d.let = make(chan struct{})
	var asking sync.WaitGroup
	asking.Go(func() { n.get(context.Background(), []int64{2}) })
	require.Eventually(t, func() bool { return d.asked.Load() == 2 }, 10*time.Second, time.Millisecond)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	require.Equal(t, map[int64]int64{1: 1}, n.get(ctx, []int64{1, 2}))
	close(d.let)
	asking.Wait()
	require.Equal(t, map[int64]int64{2: 2}, n.get(ctx, []int64{2}))
}
