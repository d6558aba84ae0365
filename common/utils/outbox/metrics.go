package outbox

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// The metrics of all relays of a process, by service.
var (
	pendingRows = promauto.NewGaugeVec(prometheus.GaugeOpts{
		Name: "im_outbox_pending", Help: "Changes that the conversation logs have not got yet.",
	}, []string{"service"})
	oldestSeconds = promauto.NewGaugeVec(prometheus.GaugeOpts{
		Name: "im_outbox_oldest_seconds", Help: "Age of the oldest pending change; zero when there is none.",
	}, []string{"service"})
	sentTotal = promauto.NewCounterVec(prometheus.CounterOpts{
		Name: "im_outbox_sent_total", Help: "Changes that the conversation logs took.",
	}, []string{"service"})
	retriedTotal = promauto.NewCounterVec(prometheus.CounterOpts{
		Name: "im_outbox_retried_total", Help: "Sends that have to be repeated.",
	}, []string{"service"})
	parkedTotal = promauto.NewCounterVec(prometheus.CounterOpts{
		Name: "im_outbox_parked_total", Help: "Changes that chat-service refused for good.",
	}, []string{"service"})
)
