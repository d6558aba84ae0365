package push

import (
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"go.opentelemetry.io/otel/trace"

	"im-backend/common/proto/gen/wsgatewaypb"
	"im-backend/common/utils/tracex"
)

var (
	pushed = promauto.NewCounter(prometheus.CounterOpts{
		Name: "im_ws_pushed_events_total", Help: "Events that chat-service pushed to this gateway, however many connections they are for.",
	})
	deliverySeconds = promauto.NewHistogram(prometheus.HistogramOpts{
		Name:    "im_ws_delivery_seconds",
		Help:    "From the time of an entry, by the clock of chat-service, until it is queued on the connections here.",
		Buckets: []float64{.001, .002, .005, .01, .025, .05, .1, .25, .5, 1, 5, 30},
	})
)

// observe notes a batch that came at a time and is queued on its connections.
func observe(items []*wsgatewaypb.PushItem, began time.Time) {
	now := time.Now()
	pushed.Add(float64(len(items)))
	for _, item := range items {
		if e := item.GetEntry(); e != nil {
			deliverySeconds.Observe(now.Sub(time.UnixMilli(e.GetCreatedAt())).Seconds())
			span := tracex.Span(e.GetTraceparent(), "push", began, trace.WithSpanKind(trace.SpanKindConsumer))
			tracex.Message(span, tracex.HopPush, e.GetMessageId(), e.GetConversationId(), e.GetSeq())
			tracex.End(span, nil)
		}
	}
}
