package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"
)

const jaegerAnswer = `{"data":[{"traceID":"abc","spans":[
 {"operationName":"push","startTime":1800000000003000,"duration":500,"processID":"p2","tags":[
  {"key":"im.hop","value":"push"},{"key":"im.message_id","value":"7"},{"key":"im.seq","value":3},{"key":"im.conversation_id","value":"s:1:2"}]},
 {"operationName":"commit","startTime":1800000000001000,"duration":1000,"processID":"p1","tags":[
  {"key":"im.hop","value":"commit"},{"key":"im.message_id","value":"7"},{"key":"im.seq","value":3},{"key":"im.conversation_id","value":"s:1:2"}]},
 {"operationName":"commit","startTime":1800000000001000,"duration":1000,"processID":"p1","tags":[
  {"key":"im.hop","value":"commit"},{"key":"im.message_id","value":"8"}]}],
 "processes":{"p1":{"serviceName":"chat"},"p2":{"serviceName":"wsgateway"}}}]}`

func TestTraceSaysWhenAMessageWasWhere(t *testing.T) {
	t.Parallel()
	jaeger := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("service") != "chat" || r.URL.Path != "/api/traces" {
			http.NotFound(w, r)
			return
		}
		answer := `{"data":[]}`
		if r.URL.Query().Get("tags") == `{"im.message_id":"7"}` {
			answer = jaegerAnswer
		}
		_, _ = w.Write([]byte(answer))
	}))
	t.Cleanup(jaeger.Close)
	var out, errOut bytes.Buffer
	require.Zero(t, run(t.Context(), []string{"trace", "-query", jaeger.URL, "7"}, &out, &errOut), errOut.String())
	require.Equal(t, "[3] s:1:2  trace abc, began 2027-01-15T08:00:00.001Z\n"+
		"commit       1.000 ms  (took 1.000 ms, chat)\n"+
		"push         2.500 ms  (took 0.500 ms, wsgateway)\n"+
		"nothing of: gateway, publish, deliver\n", out.String())
	require.Equal(t, 1, run(t.Context(), []string{"trace", "-query", jaeger.URL, "9"}, &out, &errOut))
	require.Contains(t, errOut.String(), "there is no trace of it")
	require.Equal(t, 1, run(t.Context(), []string{"trace", "-query", jaeger.URL + "/nowhere", "7"}, &out, &errOut))
	require.Contains(t, errOut.String(), "404")
	for _, wrong := range [][]string{{"trace"}, {"trace", "x"}, {"trace", "7", "8"}} {
		require.Equal(t, 2, run(t.Context(), wrong, &out, &errOut), wrong)
	}
}
