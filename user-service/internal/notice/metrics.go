package notice

import "github.com/zeromicro/go-zero/core/metric"

var (
	pendingUsers = metric.NewGaugeVec(&metric.GaugeVecOpts{
		Namespace: "im", Subsystem: "user", Name: "notices_pending", Help: "Users of whom other services have to be told something.",
	})
	oldestSeconds = metric.NewGaugeVec(&metric.GaugeVecOpts{
		Namespace: "im", Subsystem: "user", Name: "notices_oldest_seconds",
		Help: "For how long the one has waited who waits longest; zero when nobody waits.",
	})
	toldTotal = metric.NewCounterVec(&metric.CounterVecOpts{
		Namespace: "im", Subsystem: "user", Name: "notices_told_total", Help: "Notices that all other services took.",
	})
	retriedTotal = metric.NewCounterVec(&metric.CounterVecOpts{
		Namespace: "im", Subsystem: "user", Name: "notices_retried_total", Help: "Notices that have to be told again.",
	})
)
