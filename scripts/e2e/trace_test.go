package e2e_test

import (
	"context"
	"encoding/json"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	tracepb "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/grpc"

	"im-backend/common/imclient"
	"im-backend/common/utils/tracex"
)

// receiver takes traces as a collector does.
type receiver struct {
	collector.UnimplementedTraceServiceServer

	mu    sync.Mutex
	spans []*tracepb.Span
}

// Export implements collector.TraceServiceServer.
func (r *receiver) Export(_ context.Context, in *collector.ExportTraceServiceRequest) (*collector.ExportTraceServiceResponse, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, resource := range in.GetResourceSpans() {
		for _, scope := range resource.GetScopeSpans() {
			r.spans = append(r.spans, scope.GetSpans()...)
		}
	}
	return &collector.ExportTraceServiceResponse{}, nil
}

// startReceiver serves a receiver until the test ends.
func startReceiver(t *testing.T) (r *receiver, addr string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	r = &receiver{}
	server := grpc.NewServer()
	collector.RegisterTraceServiceServer(server, r)
	var serving sync.WaitGroup
	serving.Go(func() { _ = server.Serve(listener) })
	t.Cleanup(func() {
		server.Stop()
		serving.Wait()
	})
	return r, listener.Addr().String()
}

// hops answers the spans about a message by their hop.
func (r *receiver) hops(messageID string) map[string]*tracepb.Span {
	r.mu.Lock()
	defer r.mu.Unlock()
	found := map[string]*tracepb.Span{}
	for _, span := range r.spans {
		if attribute(span, string(tracex.MessageID)) == messageID {
			found[attribute(span, string(tracex.Hop))] = span
		}
	}
	return found
}

func (r *receiver) named(name string) []*tracepb.Span {
	r.mu.Lock()
	defer r.mu.Unlock()
	var found []*tracepb.Span
	for _, span := range r.spans {
		if span.GetName() == name {
			found = append(found, span)
		}
	}
	return found
}

func attribute(span *tracepb.Span, key string) string {
	for _, a := range span.GetAttributes() {
		if a.GetKey() == key {
			return a.GetValue().GetStringValue()
		}
	}
	return ""
}

// TestAMessageIsTracedFromItsFrameToTheSocket: all its hops are in one trace, each under the one before, and the lines of the log
// are JSON with trace ids and without what was written.
func TestAMessageIsTracedFromItsFrameToTheSocket(t *testing.T) {
	t.Parallel()
	traces, addr := startReceiver(t)
	log := &record{}
	i := newIMD(t, "--requests", "--set", "TRACE_RATIO=1", "--set", "OTEL_ENDPOINT="+addr, "--set", "LOG_ENCODING=json")
	i.log = log
	i.start()
	a, b := i.newPerson(), i.newPerson()
	befriend(t, a, b)
	url := "ws://" + i.ws + "/ws"
	conn, other := a.connectAt(url), b.connectAt(url)
	out := imclient.Text("canary, which no log has")
	out.ConversationID = single(a, b)
	var sent imclient.Sent
	require.NoError(t, conn.Request(t.Context(), "message.send", out, &sent))
	for came := (imclient.Sent{}); came.MessageID != sent.MessageID; {
		next(t, other, "message", &came)
	}
	all := []string{tracex.HopGateway, tracex.HopCommit, tracex.HopPublish, tracex.HopDeliver, tracex.HopPush}
	require.Eventually(t, func() bool { return len(traces.hops(sent.MessageID)) == len(all) }, time.Minute, 50*time.Millisecond)
	hops := traces.hops(sent.MessageID)
	frame := hops[tracex.HopGateway]
	for _, hop := range all {
		require.Equal(t, frame.GetTraceId(), hops[hop].GetTraceId(), hop)
		require.LessOrEqual(t, hops[hop].GetStartTimeUnixNano(), hops[hop].GetEndTimeUnixNano(), hop)
	}
	require.Equal(t, frame.GetSpanId(), hops[tracex.HopCommit].GetParentSpanId())
	require.Equal(t, frame.GetSpanId(), hops[tracex.HopPublish].GetParentSpanId())
	require.Equal(t, hops[tracex.HopDeliver].GetSpanId(), hops[tracex.HopPush].GetParentSpanId())
	require.Len(t, hops[tracex.HopCommit].GetLinks(), 1)
	require.Equal(t, traces.named("commit.batch")[0].GetTraceId(), hops[tracex.HopCommit].GetLinks()[0].GetTraceId())
	require.NotEmpty(t, traces.named("transaction im_chat"), "the database is in the trace")

	traced := 0
	for line := range strings.SplitSeq(strings.TrimSpace(log.String()), "\n") {
		var fields map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &fields), line)
		if fields["trace"] != nil {
			traced++
		}
	}
	require.Positive(t, traced)
	for _, secret := range []string{"canary", password, a.Tokens().AccessToken, a.Tokens().RefreshToken} {
		require.NotContains(t, log.String(), secret)
	}
}
