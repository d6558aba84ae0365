package hub

import (
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

var (
	connections = promauto.NewGauge(prometheus.GaugeOpts{
		Name: "im_ws_connections", Help: "Open connections.",
	})
	closes = promauto.NewCounterVec(prometheus.CounterOpts{
		Name: "im_ws_close_total", Help: "Closed connections by close code.",
	}, []string{"code"})
	headsTold = promauto.NewCounter(prometheus.CounterOpts{
		Name: "im_ws_heads_told_total", Help: "Users who were told of conversations that moved.",
	})
	headsFailed = promauto.NewCounter(prometheus.CounterOpts{
		Name: "im_ws_heads_failed_total", Help: "Questions for heads that had no answer, and are asked again.",
	})
)

// label is a close code for the metrics. A client may close with any code, but must not fill the registry with them.
func label(code int) string {
	switch {
	case code == 0:
		return "none"
	case code < 1000, code > 1015 && code < 4000, code > 4503:
		return "other"
	}
	return strconv.Itoa(code)
}
