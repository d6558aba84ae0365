package rpcx

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

var refused = promauto.NewCounterVec(prometheus.CounterOpts{
	Name: "im_rpc_refused_total", Help: "Calls answered with an error, by its reason.",
}, []string{"reason"})
