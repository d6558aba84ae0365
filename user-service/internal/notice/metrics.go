package notice

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

var (
	pendingUsers = promauto.NewGauge(prometheus.GaugeOpts{
		Name: "im_user_notices_pending_users", Help: "Users of whom other services have to be told something.",
	})
	oldestSeconds = promauto.NewGauge(prometheus.GaugeOpts{
		Name: "im_user_notices_oldest_seconds", Help: "For how long the one has waited who waits longest; zero when nobody waits.",
	})
	toldTotal = promauto.NewCounter(prometheus.CounterOpts{
		Name: "im_user_notices_told_total", Help: "Notices that all other services took.",
	})
	retriedTotal = promauto.NewCounter(prometheus.CounterOpts{
		Name: "im_user_notices_retried_total", Help: "Notices that have to be told again.",
	})
)
