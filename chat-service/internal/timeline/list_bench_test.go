package timeline_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// BenchmarkAPageOfAThousandConversations reads the first page of a user's list. With the tag integration it is the server's time.
func BenchmarkAPageOfAThousandConversations(b *testing.B) {
	bench := newBench(b)
	for peer := range 1000 {
		id := fmt.Sprintf("s:1:%d", peer+2)
		bench.send(1, id)
		bench.send(1, id)
	}
	took := make([]time.Duration, 0, b.N)
	b.ResetTimer()
	for range b.N {
		began := time.Now()
		list, next, err := bench.ListConversations(context.Background(), 1, false, 50, "")
		took = append(took, time.Since(began))
		require.NoError(b, err)
		require.Len(b, list, 50)
		require.NotEmpty(b, next)
	}
	b.StopTimer()
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
}
