package hits

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"
)

func TestHitsAndMissesAreCountedUnderTheNameOfTheCache(t *testing.T) {
	t.Parallel()
	c, other := New("things"), New("other things")
	require.True(t, c.Note(true))
	require.False(t, c.Note(false))
	New("things").Add(3, 4)
	require.InDelta(t, 4, testutil.ToFloat64(lookups.WithLabelValues("things", "hit")), 0)
	require.InDelta(t, 5, testutil.ToFloat64(lookups.WithLabelValues("things", "miss")), 0)
	require.Zero(t, testutil.ToFloat64(other.hit))
}
