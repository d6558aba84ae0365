package delivery

import (
	"io"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil"
	"github.com/stretchr/testify/require"

	"im-backend/common/utils/kafkax"
)

//nolint:paralleltest // the metric is of the whole process
func TestTheLagIsWhatAllReadersHaveToReadAndNothingOfThoseThatEnded(t *testing.T) {
	before := testutil.ToFloat64(kafkaLag)
	is := func(want float64) {
		t.Helper()
		require.InDelta(t, want, testutil.ToFloat64(kafkaLag)-before, 0)
	}
	var one, other lag
	one.saw([]kafkax.Fetched{{Partition: 0, End: 10}, {Partition: 1, End: 5}, {Partition: 2, End: 7, Err: io.EOF}})
	one.count(map[int]int64{0: 4, 1: 5, 2: 0})
	is(6)
	other.saw([]kafkax.Fetched{{Partition: 3, End: 3}})
	other.count(map[int]int64{3: 1})
	is(8)
	one.saw([]kafkax.Fetched{{Partition: 1, End: 6}})
	one.count(map[int]int64{0: 10, 1: 5})
	is(3)
	one.end()
	is(2)
	other.end()
	is(0)
}
