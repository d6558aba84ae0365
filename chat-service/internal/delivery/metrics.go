package delivery

import "github.com/zeromicro/go-zero/core/metric"

var (
	publishFailures = metric.NewCounterVec(&metric.CounterVecOpts{
		Namespace: "im", Subsystem: "chat", Name: "publish_failures_total", Help: "Failed writes to Kafka, each tried again.",
	})
	deadLetters = metric.NewCounterVec(&metric.CounterVecOpts{
		Namespace: "im", Subsystem: "chat", Name: "dead_letters_total", Help: "Records that could not be delivered.",
	})
	gapsFilled = metric.NewCounterVec(&metric.CounterVecOpts{
		Namespace: "im", Subsystem: "chat", Name: "gap_entries_total", Help: "Entries read from the store to fill gaps.",
	})
	repeatsSkipped = metric.NewCounterVec(&metric.CounterVecOpts{
		Namespace: "im", Subsystem: "chat", Name: "repeated_entries_total", Help: "Entries skipped as repeats.",
	})
	deliveryLag = metric.NewHistogramVec(&metric.HistogramVecOpts{
		Namespace: "im", Subsystem: "chat", Name: "delivery_lag_ms", Help: "From the commit to the push.",
		Buckets: []float64{1, 2, 5, 10, 25, 50, 100, 250, 1000, 5000, 30000},
	})
)
