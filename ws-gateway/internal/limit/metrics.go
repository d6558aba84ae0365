package limit

import "github.com/zeromicro/go-zero/core/metric"

var refused = metric.NewCounterVec(&metric.CounterVecOpts{
	Namespace: "im", Subsystem: "ws", Name: "refused_handshakes_total", Help: "Handshakes over a limit.", Labels: []string{"limit"},
})
