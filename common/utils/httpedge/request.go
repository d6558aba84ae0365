package httpedge

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"sync/atomic"

	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// RequestIDHeader is on every response.
const RequestIDHeader = "X-Request-Id"

type infoKey struct{}

// info is what is known of a request while it is served. The handler learns the user, the outer wrapper logs it.
type info struct {
	requestID string
	userID    atomic.Int64
}

// RequestID is the id of the request being served, which is its trace id; empty outside of Harden.
func RequestID(ctx context.Context) string {
	if i, ok := ctx.Value(infoKey{}).(*info); ok {
		return i.requestID
	}
	return ""
}

// SetUser notes who calls, for the access log.
func SetUser(ctx context.Context, userID int64) {
	if i, ok := ctx.Value(infoKey{}).(*info); ok {
		i.userID.Store(userID)
	}
}

// traced gives a request a trace: the caller's, when it sent a valid traceparent, a new one otherwise. Logs and RPCs made
// with its context carry the trace id on.
func traced(r *http.Request) (*http.Request, *info) {
	propagator := propagation.TraceContext{}
	ctx := propagator.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
	span := trace.SpanContextFromContext(ctx)
	if !span.IsValid() {
		var traceID trace.TraceID
		var spanID trace.SpanID
		_, _ = rand.Read(traceID[:]) // crypto/rand does not fail
		_, _ = rand.Read(spanID[:])
		span = trace.NewSpanContext(trace.SpanContextConfig{TraceID: traceID, SpanID: spanID, Remote: true})
		ctx = trace.ContextWithRemoteSpanContext(ctx, span)
		propagator.Inject(ctx, propagation.HeaderCarrier(r.Header)) // for go-zero's own trace middleware
	}
	id := span.TraceID()
	i := &info{requestID: hex.EncodeToString(id[:])}
	return r.WithContext(context.WithValue(ctx, infoKey{}, i)), i
}
