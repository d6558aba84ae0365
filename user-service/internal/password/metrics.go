package password

import "github.com/zeromicro/go-zero/core/metric"

var refused = metric.NewCounterVec(&metric.CounterVecOpts{
	Namespace: "im", Subsystem: "user", Name: "refused_hashes_total", Help: "Passwords that were not looked at.", Labels: []string{"why"},
})
