package tracex

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	zerotrace "github.com/zeromicro/go-zero/core/trace"
	"go.opentelemetry.io/otel"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
)

//nolint:paralleltest // the provider and the switch are of the whole process
func TestASendIsFollowedOnlyWhereItIsSampled(t *testing.T) {
	require.Nil(t, Root("off"), "nothing is traced")
	require.Empty(t, ParentOf(t.Context()))
	exporter := tracetest.NewInMemoryExporter()
	provider := func(s sdktrace.Sampler) {
		otel.SetTracerProvider(sdktrace.NewTracerProvider(sdktrace.WithSyncer(exporter), sdktrace.WithSampler(s)))
	}
	SetUp(zerotrace.Config{Sampler: 0})
	require.Nil(t, Root("off"))
	SetUp(zerotrace.Config{Sampler: 1})
	t.Cleanup(func() { on.Store(false) })

	provider(sdktrace.NeverSample())
	require.Nil(t, Root("not sampled"))

	provider(sdktrace.ParentBased(sdktrace.AlwaysSample()))
	root := Root("frame")
	parent := Parent(root)
	require.Equal(t, parent, ParentOf(Within(context.Background(), parent)))
	child := Span(parent, "commit", time.Now())
	Message(child, HopCommit, 7, "s:1:2", 3)
	End(child, errors.New("refused"))
	End(root, nil)

	spans := exporter.GetSpans()
	require.Len(t, spans, 2)
	require.Equal(t, spans[1].SpanContext.TraceID(), spans[0].SpanContext.TraceID())
	require.Equal(t, spans[1].SpanContext.SpanID(), spans[0].Parent.SpanID())
	require.Contains(t, spans[0].Attributes, MessageID.String("7"))
	require.Len(t, spans[0].Events, 1)
}

//nolint:paralleltest // allocations are counted of the whole process
func TestWhatIsNotTracedCostsNothing(t *testing.T) {
	ctx := t.Context()
	require.Zero(t, testing.AllocsPerRun(100, func() {
		span := Span("", "x", time.Time{})
		Message(span, HopCommit, 1, "s:1:2", 1)
		End(span, nil)
		_ = Within(ctx, Parent(span))
	}))
}
