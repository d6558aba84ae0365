package conn

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestMalformedFramesAreForgottenAfterAMinute(t *testing.T) {
	t.Parallel()
	var f faults
	now := time.Unix(1000, 0)
	for i := range 9 {
		require.False(t, f.add(now.Add(time.Duration(i)*time.Second), 10))
	}
	require.False(t, f.add(now.Add(60*time.Second), 10), "the first is a minute old")
	require.True(t, f.add(now.Add(60*time.Second), 10))
}

func TestCallsAreBounded(t *testing.T) {
	t.Parallel()
	var q Calls
	var wg sync.WaitGroup
	release := make(chan struct{})
	started := make(chan int, 10)
	call := func(i int) func() { return func() { started <- i; <-release } }
	for i := range 4 {
		require.True(t, q.Add(wg.Go, 2, 2, call(i)))
	}
	require.False(t, q.Add(wg.Go, 2, 2, call(4)))
	require.ElementsMatch(t, []int{0, 1}, []int{<-started, <-started})
	require.Empty(t, started)
	close(release)
	wg.Wait()
	require.ElementsMatch(t, []int{2, 3}, []int{<-started, <-started})
	require.True(t, q.Add(wg.Go, 2, 2, call(5)))
	wg.Wait()
}
