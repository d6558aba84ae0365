package push

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

var (
	// Those of a gateway that has gone are forgotten: its id is another one with every start.
	dropped = promauto.NewCounterVec(prometheus.CounterOpts{
		Name: "im_chat_push_dropped_total", Help: "Events not pushed because a gateway did not keep up, by its id.",
	}, []string{"gateway"})
	heldBytes = promauto.NewGauge(prometheus.GaugeOpts{
		Name: "im_chat_push_held_bytes", Help: "About how many bytes of events the gateways have not acknowledged.",
	})
	links = promauto.NewGauge(prometheus.GaugeOpts{
		Name: "im_chat_push_links", Help: "Gateways that this instance pushes to.",
	})
)
