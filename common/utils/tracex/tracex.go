// Package tracex follows a send through the system: from the frame over gRPC streams, MySQL and Kafka to the push. What go-zero
// cannot do for streams and records, this does: it makes spans, and carries them as W3C traceparents. While nothing is traced
// (SetUp, a ratio of zero) it costs a load of a flag, and for a send that is not sampled next to nothing.
package tracex

import (
	"context"
	"strconv"
	"sync/atomic"
	"time"

	zerotrace "github.com/zeromicro/go-zero/core/trace"
	"go.opentelemetry.io/otel"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

const tracerName = "im-backend"

// The attributes by which a message is found.
const (
	MessageID    = attribute.Key("im.message_id")
	Conversation = attribute.Key("im.conversation_id")
	Seq          = attribute.Key("im.seq")
	Hop          = attribute.Key("im.hop") // which of the hops of a message a span is
)

// The hops of a message, in their order.
const (
	HopGateway = "gateway" // the frame, until its answer is queued
	HopCommit  = "commit"  // the transaction that stored it
	HopPublish = "publish" // until Kafka has it
	HopDeliver = "deliver" // until it is queued for the gateways
	HopPush    = "push"    // until it is queued on the sockets of one gateway
)

var on atomic.Bool

// SetUp takes a service's configuration of traces; the provider is go-zero's, which its servers set up.
func SetUp(c zerotrace.Config) {
	if !c.Disabled && c.Sampler > 0 {
		on.Store(true)
	}
}

// Root begins the trace of what a client asked, or answers nil, which every function here takes for a span that is not recorded.
func Root(name string) trace.Span {
	if !on.Load() {
		return nil
	}
	_, span := otel.Tracer(tracerName).Start(context.Background(), name, trace.WithSpanKind(trace.SpanKindServer))
	if !span.IsRecording() {
		return nil
	}
	span.SetAttributes(Hop.String(HopGateway))
	return span
}

// Parent is the traceparent of a span; empty for none.
func Parent(span trace.Span) string {
	if span == nil {
		return ""
	}
	return parentOf(span.SpanContext())
}

// ParentOf is the traceparent of what ctx belongs to; empty when that is not sampled.
func ParentOf(ctx context.Context) string {
	if !on.Load() {
		return ""
	}
	return parentOf(trace.SpanContextFromContext(ctx))
}

func parentOf(sc trace.SpanContext) string {
	if !sc.IsSampled() {
		return ""
	}
	carrier := propagation.MapCarrier{}
	propagation.TraceContext{}.Inject(trace.ContextWithSpanContext(context.Background(), sc), carrier)
	return carrier["traceparent"]
}

// Within puts ctx under a traceparent; an empty one leaves it as it is.
func Within(ctx context.Context, parent string) context.Context {
	if parent == "" {
		return ctx
	}
	return propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{"traceparent": parent})
}

// Span begins a span under a traceparent, at a time. It answers nil for an empty one.
func Span(parent, name string, began time.Time, options ...trace.SpanStartOption) trace.Span {
	if parent == "" {
		return nil
	}
	ctx := Within(context.Background(), parent)
	_, span := otel.Tracer(tracerName).Start(ctx, name, append(options, trace.WithTimestamp(began))...) //nolint:spancheck // the caller ends it
	return span                                                                                         //nolint:spancheck // as above
}

// Message says which message a span is about, and which of its hops.
func Message(span trace.Span, hop string, messageID int64, conversationID string, seq int64) {
	if span != nil {
		span.SetAttributes(Hop.String(hop), MessageID.String(strconv.FormatInt(messageID, 10)),
			Conversation.String(conversationID), Seq.Int64(seq))
	}
}

// End ends a span, with the error that it ended with.
func End(span trace.Span, err error) {
	if span == nil {
		return
	}
	if err != nil {
		span.RecordError(err)
	}
	span.End()
}
