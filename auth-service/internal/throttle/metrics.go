package throttle

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

var refused = promauto.NewCounterVec(prometheus.CounterOpts{
	Name: "im_auth_refused_attempts_total", Help: "Attempts that were told to wait, by what they were at.",
}, []string{"kind"})

// counter has every kind from the start, so that the first refusal is seen as one.
var counter = map[Kind]prometheus.Counter{
	Login:    refused.WithLabelValues(string(Login)),
	Password: refused.WithLabelValues(string(Password)),
	Register: refused.WithLabelValues(string(Register)),
}
