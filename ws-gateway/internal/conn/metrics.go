package conn

import (
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// These are incremented for every write, which is why they are plain counters and not go-zero's labelled ones.
var (
	framesIn = promauto.NewCounter(prometheus.CounterOpts{
		Name: "im_ws_frames_in_total", Help: "Messages that came over connections.",
	})
	framesRefused = promauto.NewCounter(prometheus.CounterOpts{
		Name: "im_ws_frames_refused_total", Help: "Messages over a limit of rate or bytes.",
	})
	framesOut = promauto.NewCounter(prometheus.CounterOpts{
		Name: "im_ws_frames_out_total", Help: "Frames written to connections.",
	})
	queueOverflows = promauto.NewCounter(prometheus.CounterOpts{
		Name: "im_ws_queue_overflow_total", Help: "Connections closed because their queue was full.",
	})
)
