package router

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"

	"im-backend/common/utils/errs"
)

var (
	answerSeconds = promauto.NewHistogram(prometheus.HistogramOpts{
		Name: "im_ws_answer_seconds", Help: "From a message.send, decoded, until its answer is queued.",
		Buckets: []float64{.0005, .001, .002, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5},
	})
	sends = promauto.NewCounterVec(prometheus.CounterOpts{
		Name: "im_ws_sends_total", Help: "Answers to message.send, by result: ok or the reason of the refusal.",
	}, []string{"result"})
	sendsOK = sends.WithLabelValues("ok")
)

// answered counts an answer of chat-service to a send that began at a time.
func answered(began time.Time, err error) {
	answerSeconds.Observe(time.Since(began).Seconds())
	sendResult(err).Inc()
}

// sendResult is the counter of a result; only refusals are looked up.
func sendResult(err error) prometheus.Counter {
	if err == nil {
		return sendsOK
	}
	return sends.WithLabelValues(errs.From(err).Reason)
}
