package committer

import "github.com/zeromicro/go-zero/core/metric"

var batchSizes = metric.NewHistogramVec(&metric.HistogramVecOpts{
	Namespace: "im", Subsystem: "chat", Name: "commit_batch_entries",
	Help: "Entries of one transaction.", Buckets: []float64{1, 2, 5, 10, 25, 50, 100, 250, 500},
})

func observeBatch(entries int) { batchSizes.Observe(int64(entries)) }
