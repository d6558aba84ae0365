package committer

import (
	"context"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/tracex"
)

// traces are the spans of one batch: one of the transaction, under the first job that is traced, and one for each of these
// jobs, which links to it. A nil traces is a batch of which nothing is traced.
type traces struct {
	batch trace.Span
	jobs  map[int]string   // traceparents, by the job's place
	ids   map[int64]string // the same by message id, of what was stored
	began time.Time
}

func startTraces(jobs []*Job, began time.Time) *traces {
	var t *traces
	for i, j := range jobs {
		parent := tracex.ParentOf(j.Ctx)
		if parent == "" {
			continue
		}
		if t == nil {
			t = &traces{batch: tracex.Span(parent, "commit.batch", began), jobs: map[int]string{}, ids: map[int64]string{}, began: began}
			t.batch.SetAttributes(attribute.Int("im.batch_entries", len(jobs)))
		}
		t.jobs[i] = parent
	}
	return t
}

// within puts what the transaction does under its span.
func (t *traces) within(ctx context.Context) context.Context {
	if t == nil {
		return ctx
	}
	return trace.ContextWithSpan(ctx, t.batch)
}

// end ends the spans when the transaction has ended.
func (t *traces) end(jobs []*Job, b *batch, err error) {
	if t == nil {
		return
	}
	tracex.End(t.batch, err)
	for i, parent := range t.jobs {
		span := tracex.Span(parent, "commit", t.began, trace.WithLinks(trace.Link{SpanContext: t.batch.SpanContext()}))
		if err != nil {
			tracex.End(span, err)
			continue
		}
		o := b.outcomes[i]
		tracex.Message(span, tracex.HopCommit, o.result.MessageID, jobs[i].To.ID, o.result.Seq)
		tracex.End(span, o.err)
		t.ids[o.result.MessageID] = parent
	}
}

// mark gives entries the traces that they belong to.
func (t *traces) mark(entries []*logpb.Entry) {
	if t == nil {
		return
	}
	for _, e := range entries {
		e.Traceparent = t.ids[e.GetMessageId()]
	}
}
