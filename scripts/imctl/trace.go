package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"im-backend/common/model"
	"im-backend/common/utils/tracex"
)

var (
	errNoTrace = errors.New("there is no trace of it: it was not sampled, is too old or has not arrived yet")
	errQuery   = errors.New("the traces cannot be asked")
)

// foundTrace is a trace as Jaeger's query service answers it, and others that speak like it.
type foundTrace struct {
	TraceID   string      `json:"traceID"`
	Spans     []foundSpan `json:"spans"`
	Processes map[string]struct {
		ServiceName string `json:"serviceName"`
	} `json:"processes"`
}

type foundSpan struct {
	Name      string `json:"operationName"`
	Start     int64  `json:"startTime"` // unix microseconds
	Duration  int64  `json:"duration"`  // microseconds
	ProcessID string `json:"processID"`
	Tags      []struct {
		Key   string `json:"key"`
		Value any    `json:"value"`
	} `json:"tags"`
}

func (s foundSpan) tag(key string) string {
	for _, t := range s.Tags {
		if t.Key == key {
			return fmt.Sprint(t.Value)
		}
	}
	return ""
}

// traceMessage is the command that prints the hops of a message.
func traceMessage(args []string) (command, bool) {
	flags := flag.NewFlagSet("trace", flag.ContinueOnError)
	flags.SetOutput(io.Discard)
	query := flags.String("query", "http://127.0.0.1:16686", "")
	service := flags.String("service", "chat", "")
	if err := flags.Parse(args); err != nil || flags.NArg() != 1 {
		return nil, false
	}
	id := flags.Arg(0)
	if _, err := model.ParseID(id); err != nil {
		return nil, false
	}
	return inTime(func(ctx context.Context, _ options, out io.Writer) error {
		traces, err := findTraces(ctx, *query, *service, id)
		if err != nil {
			return err
		}
		for _, t := range traces {
			t.print(out, id)
		}
		return nil
	}), true
}

func findTraces(ctx context.Context, query, service, messageID string) ([]foundTrace, error) {
	tags, err := json.Marshal(map[string]string{string(tracex.MessageID): messageID})
	if err != nil {
		return nil, fmt.Errorf("encode query: %w", err)
	}
	values := url.Values{"service": {service}, "tags": {string(tags)}, "limit": {"20"}}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(query, "/")+"/api/traces?"+values.Encode(), nil)
	if err != nil {
		return nil, fmt.Errorf("ask for traces: %w", err)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, fmt.Errorf("ask for traces: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%w: %s", errQuery, response.Status)
	}
	var answer struct {
		Data []foundTrace `json:"data"`
	}
	if err := json.NewDecoder(io.LimitReader(response.Body, 64<<20)).Decode(&answer); err != nil {
		return nil, fmt.Errorf("read traces: %w", err)
	}
	if len(answer.Data) == 0 {
		return nil, errNoTrace
	}
	return answer.Data, nil
}

// hops are those of a message that a trace may have. One that came over HTTP has no frame; express delivery needs no record.
var hops = []string{tracex.HopGateway, tracex.HopCommit, tracex.HopPublish, tracex.HopDeliver, tracex.HopPush}

// print writes one line for each hop, in the order in which they ended, with its end counted from the trace's beginning.
func (t foundTrace) print(out io.Writer, messageID string) {
	var spans []foundSpan
	missing := slices.Clone(hops)
	for _, s := range t.Spans {
		if s.tag(string(tracex.MessageID)) == messageID {
			spans = append(spans, s)
			missing = slices.DeleteFunc(missing, func(hop string) bool { return hop == s.tag(string(tracex.Hop)) })
		}
	}
	if len(spans) == 0 {
		return
	}
	slices.SortFunc(spans, func(a, b foundSpan) int { return int(a.Start + a.Duration - b.Start - b.Duration) })
	began := spans[0].Start
	for _, s := range spans {
		began = min(began, s.Start)
	}
	fmt.Fprintf(out, "[%s] %s  trace %s, began %s\n", spans[0].tag(string(tracex.Seq)), spans[0].tag(string(tracex.Conversation)),
		t.TraceID, time.UnixMicro(began).UTC().Format(time.RFC3339Nano))
	for _, s := range spans {
		fmt.Fprintf(out, "%-8s %9.3f ms  (took %.3f ms, %s)\n", s.tag(string(tracex.Hop)), float64(s.Start+s.Duration-began)/1000,
			float64(s.Duration)/1000, t.Processes[s.ProcessID].ServiceName)
	}
	if len(missing) > 0 {
		fmt.Fprintf(out, "nothing of: %s\n", strings.Join(missing, ", "))
	}
}
