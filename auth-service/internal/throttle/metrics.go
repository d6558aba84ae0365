package throttle

import "github.com/zeromicro/go-zero/core/metric"

var refused = metric.NewCounterVec(&metric.CounterVecOpts{
	Namespace: "im", Subsystem: "auth", Name: "refused_attempts_total", Help: "Attempts that were told to wait.", Labels: []string{"kind"},
})
