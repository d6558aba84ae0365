package delivery

import (
	"time"

	"github.com/segmentio/kafka-go"
	"go.opentelemetry.io/otel/trace"
	"google.golang.org/protobuf/proto"

	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/tracex"
)

// traceHeader is the header of a record that has the span of its publication, for whoever reads it.
const traceHeader = "traceparent"

// startPublish begins the spans of the entries of a record that are traced, and makes the record's header.
func startPublish(entries []queued, began time.Time) (spans []trace.Span, headers []kafka.Header) {
	for _, q := range entries {
		span := tracex.Span(q.entry.GetTraceparent(), "publish", began, trace.WithSpanKind(trace.SpanKindProducer))
		if span == nil {
			continue
		}
		tracex.Message(span, tracex.HopPublish, q.entry.GetMessageId(), q.entry.GetConversationId(), q.entry.GetSeq())
		if spans = append(spans, span); len(spans) == 1 {
			headers = []kafka.Header{{Key: traceHeader, Value: []byte(tracex.Parent(span))}}
		}
	}
	return spans, headers
}

// follow puts the entries of a record under the span of its publication, those of the same trace.
func follow(m kafka.Message, entries []*logpb.Entry) {
	for _, h := range m.Headers {
		if h.Key != traceHeader {
			continue
		}
		parent := string(h.Value)
		for _, e := range entries {
			if sameTrace(e.GetTraceparent(), parent) {
				e.Traceparent = parent
			}
		}
	}
}

// sameTrace compares the version and the trace id of two traceparents.
func sameTrace(a, b string) bool {
	const upTo = len("00-") + 32
	return len(a) > upTo && len(b) > upTo && a[:upTo] == b[:upTo]
}

// handOver is an entry as the gateways get it: one that is traced under the span of its delivery, which ends with this.
func handOver(e *logpb.Entry, began time.Time) *logpb.Entry {
	span := tracex.Span(e.GetTraceparent(), "deliver", began, trace.WithSpanKind(trace.SpanKindConsumer))
	if span == nil {
		return e
	}
	tracex.Message(span, tracex.HopDeliver, e.GetMessageId(), e.GetConversationId(), e.GetSeq())
	copied := proto.CloneOf(e) // others read the entry at the same time
	copied.Traceparent = tracex.Parent(span)
	tracex.End(span, nil)
	return copied
}
