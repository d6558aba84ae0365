package password

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

var (
	refused = promauto.NewCounterVec(prometheus.CounterOpts{
		Name: "im_user_refused_hashes_total", Help: "Passwords that were not looked at, by why.",
	}, []string{"why"})
	queueFull, waitedTooLong = refused.WithLabelValues("queue_full"), refused.WithLabelValues("waited_too_long")
)
