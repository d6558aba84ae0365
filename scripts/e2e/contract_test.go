package e2e_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"im-backend/common/utils/errs"
)

// schema is a JSON schema as far as the OpenAPI document uses it.
type schema struct {
	Ref        string            `json:"$ref"`
	Type       string            `json:"type"`
	Enum       []string          `json:"enum"`
	Items      *schema           `json:"items"`
	Properties map[string]schema `json:"properties"`
}

// parameter is in a path or in a query.
type parameter struct {
	Name     string
	In       string
	Required bool
	Schema   schema
}

// operation is a route as the OpenAPI document describes it.
type operation struct {
	method, path string // the path with {name} for parameters
	ID           string `json:"operationId"`
	Parameters   []parameter
	Security     *[]any // empty: public
	RequestBody  *struct {
		Content map[string]struct{ Schema schema }
	}
}

func (op operation) public() bool { return op.Security != nil && len(*op.Security) == 0 }

// document is what /openapi.json says.
type document struct {
	operations []operation
	schemas    map[string]schema
}

// openAPI reads the document.
func openAPI(t testing.TB) document {
	t.Helper()
	var text struct {
		Paths      map[string]map[string]operation
		Components struct{ Schemas map[string]schema }
	}
	got := raw{method: http.MethodGet, path: "/openapi.json"}.call(t, sys.APIURL())
	require.NoError(t, json.Unmarshal(got.body, &text))
	d := document{schemas: text.Components.Schemas}
	for path, methods := range text.Paths {
		for method, op := range methods {
			op.method, op.path = strings.ToUpper(method), path
			d.operations = append(d.operations, op)
		}
	}
	slices.SortFunc(d.operations, func(a, b operation) int { return strings.Compare(a.ID, b.ID) })
	require.NotEmpty(t, d.operations)
	return d
}

// resolve follows a reference.
func (d document) resolve(s schema) schema {
	if name, ok := strings.CutPrefix(s.Ref, "#/components/schemas/"); ok {
		return d.schemas[name]
	}
	return s
}

// raw is a request as it goes out, good or bad.
type raw struct {
	method, path, token string // the path with its query, encoded
	body                []byte // nil: none
}

// answered is the answer to it.
type answered struct {
	status int
	header http.Header
	body   []byte
}

var rawClient = &http.Client{
	Timeout:       30 * time.Second,
	Transport:     &http.Transport{MaxIdleConnsPerHost: 64},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
}

func (r raw) call(t testing.TB, base string) answered {
	t.Helper()
	var body io.Reader
	if r.body != nil {
		body = bytes.NewReader(r.body)
	}
	req, err := http.NewRequestWithContext(t.Context(), r.method, base+r.path, body)
	require.NoError(t, err, r.path)
	if r.token != "" {
		req.Header.Set("Authorization", "Bearer "+r.token)
	}
	resp, err := rawClient.Do(req)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	return answered{resp.StatusCode, resp.Header, text}
}

// reason checks that an answer has the form that the contract gives to all answers, and answers the reason of a refusal, "" of a
// success.
func (a answered) reason(t testing.TB) string {
	t.Helper()
	require.Len(t, a.header.Get("X-Request-Id"), 32)
	if a.status < http.StatusBadRequest {
		switch {
		case a.status == http.StatusNoContent:
			require.Empty(t, a.body)
		case a.header.Get("Content-Type") == "application/x-ndjson": // what is streamed
			for line := range bytes.Lines(a.body) {
				require.True(t, json.Valid(line), "%.200s", line)
			}
		default:
			require.Equal(t, "application/json", a.header.Get("Content-Type"), "%d %.200s", a.status, a.body)
			require.True(t, json.Valid(a.body), "%.200s", a.body)
		}
		return ""
	}
	require.Equal(t, "application/problem+json", a.header.Get("Content-Type"), "%d %.200s", a.status, a.body)
	var p struct {
		Type, Title, Reason, Detail, RequestID string
		Status                                 int
		Fields                                 []errs.Field
	}
	require.NoError(t, json.Unmarshal(a.body, &p))
	require.Equal(t, []any{"about:blank", http.StatusText(a.status), a.status, a.header.Get("X-Request-Id")},
		[]any{p.Type, p.Title, p.Status, p.RequestID})
	require.NotEmpty(t, p.Detail)
	require.Equal(t, errs.ByReason(p.Reason).Kind.HTTPStatus(), a.status, "%s", a.body)
	if a.status == http.StatusTooManyRequests || a.status == http.StatusServiceUnavailable {
		require.NotEmpty(t, a.header.Get("Retry-After"))
	}
	for _, f := range p.Fields {
		require.NotEmpty(t, f.Field)
		require.NotEmpty(t, f.Message)
	}
	return p.Reason
}

// rawFrame is any frame of a gateway in im.v1.json.
type rawFrame struct {
	ID    *string
	Type  string
	Data  json.RawMessage
	Error *struct {
		Reason, Message string
		Retryable       *bool
		RetryAfterMs    *int64
	}
}

// reason checks that an answer has the form of the contract, and answers the reason of a refusal, "" of a success.
func (f rawFrame) reason(t testing.TB) string {
	t.Helper()
	if f.Type == "ok" {
		require.Nil(t, f.Error)
		require.True(t, json.Valid(f.Data))
		return ""
	}
	require.Equal(t, "error", f.Type)
	require.NotNil(t, f.Error)
	require.NotEmpty(t, f.Error.Message)
	declared := errs.ByReason(f.Error.Reason)
	require.Equal(t, declared.Reason, f.Error.Reason, "a reason that nobody declared")
	require.NotNil(t, f.Error.RetryAfterMs)
	require.NotNil(t, f.Error.Retryable)
	return f.Error.Reason
}

// rawSocket opens a WebSocket by hand and reads the hello.
func (p *person) rawSocket(base, protocol string) *websocket.Conn {
	p.t.Helper()
	dialer := websocket.Dialer{Subprotocols: []string{protocol}, HandshakeTimeout: 30 * time.Second}
	ws, resp, err := dialer.DialContext(p.t.Context(), base, http.Header{"Authorization": {"Bearer " + p.Tokens().AccessToken}})
	require.NoError(p.t, err)
	_ = resp.Body.Close()
	p.t.Cleanup(func() { _ = ws.Close() })
	_, _, err = ws.ReadMessage()
	require.NoError(p.t, err)
	return ws
}

// query is the query string of a few values, with its question mark.
func query(values url.Values) string {
	if len(values) == 0 {
		return ""
	}
	return "?" + values.Encode()
}
