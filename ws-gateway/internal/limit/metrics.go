package limit

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

var refused = promauto.NewCounterVec(prometheus.CounterOpts{
	Name: "im_ws_refused_handshakes_total", Help: "Handshakes over a limit, by the limit.",
}, []string{"limit"})

// The limits, each there from the start, so that the first refusal is seen as one.
var (
	refusedConnections        = refused.WithLabelValues("connections")
	refusedAddressConnections = refused.WithLabelValues("address_connections")
	refusedAddressHandshakes  = refused.WithLabelValues("address_handshakes")
	refusedAddressHandshaking = refused.WithLabelValues("address_handshaking")
	refusedHandshaking        = refused.WithLabelValues("handshaking")
	refusedAdmission          = refused.WithLabelValues("admission")
)
