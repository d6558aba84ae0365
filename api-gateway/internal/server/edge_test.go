package server

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"im-backend/api-gateway/internal/config"
	"im-backend/api-gateway/internal/openapi"
	"im-backend/api-gateway/internal/svc"
	"im-backend/common/proto/gen/authpb"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/userpb"
	"im-backend/common/utils/errs"
)

func TestBadRequestsAreProblemsWithTheirReason(t *testing.T) {
	t.Parallel()
	device := `"device":{"deviceId":"d","platform":"ios"}`
	cases := []struct {
		call, body string
		status     int
		reason     string
		fields     []string
	}{
		{"GET /v1/nothing", "", 404, "NOT_FOUND", nil},
		{"GET /v2/users/me", "", 404, "NOT_FOUND", nil},
		{"PUT /v1/users/me", "{}", 405, "METHOD_NOT_ALLOWED", nil},
		{"GET /v1/users/0x7", "", 404, "USER_NOT_FOUND", nil},
		{"GET /v1/users/007", "", 404, "USER_NOT_FOUND", nil},
		{"GET /v1/users/%ff", "", 400, "INVALID_ARGUMENT", []string{"userId"}},
		{"GET /v1/users?ids=1,x", "", 400, "INVALID_ARGUMENT", []string{"ids"}},
		{"GET /v1/users", "", 400, "INVALID_ARGUMENT", []string{"ids"}},
		{"GET /v1/users?ids=" + strings.Repeat("1,", 200) + "1", "", 400, "INVALID_ARGUMENT", []string{"ids"}},
		{"GET /v1/users/search", "", 400, "INVALID_ARGUMENT", []string{"q"}},
		{"GET /v1/groups/abc", "", 404, "GROUP_NOT_FOUND", nil},
		{"DELETE /v1/groups/1/members/x", "", 404, "USER_NOT_FOUND", nil},
		{"GET /v1/conversations/s:8:7", "", 404, "CONVERSATION_NOT_FOUND", nil},
		{"GET /v1/conversations/x/messages", "", 404, "CONVERSATION_NOT_FOUND", nil},
		{"POST /v1/friend-requests/x/accept", "", 404, "REQUEST_NOT_FOUND", nil},
		{"DELETE /v1/auth/sessions/x", "", 404, "NOT_FOUND", nil},
		{"GET /v1/groups?limit=201", "", 400, "INVALID_ARGUMENT", []string{"limit"}},
		{"GET /v1/groups?limit=-1", "", 400, "INVALID_ARGUMENT", []string{"limit"}},
		{"GET /v1/groups?limit=many", "", 400, "INVALID_ARGUMENT", []string{"limit"}},
		{"GET /v1/friend-requests?direction=up", "", 400, "INVALID_ARGUMENT", []string{"direction"}},
		{"POST /v1/groups", "", 400, "INVALID_ARGUMENT", []string{"body"}},
		{"PATCH /v1/users/me", "", 400, "INVALID_ARGUMENT", []string{"body"}},
		{"POST /v1/groups", "null", 400, "INVALID_ARGUMENT", []string{"body"}},
		{"POST /v1/groups", "[]", 400, "INVALID_ARGUMENT", []string{"body"}},
		{"POST /v1/groups", `{"name":"x"`, 400, "INVALID_ARGUMENT", []string{"body"}},
		{"POST /v1/groups", `{"name":"x"} {}`, 400, "INVALID_ARGUMENT", []string{"body"}},
		{"POST /v1/groups", "{\"name\":\"\xff\"}", 400, "INVALID_ARGUMENT", []string{"body"}},
		{"POST /v1/groups", `{"name":5}`, 400, "INVALID_ARGUMENT", []string{"name"}},
		{"POST /v1/groups", `{"name":null}`, 400, "INVALID_ARGUMENT", []string{"name"}},
		{"POST /v1/groups", `{"name":"x","memberIds":[8]}`, 400, "INVALID_ARGUMENT", []string{"memberIds"}},
		{"POST /v1/groups", `{"name":"x","memberIds":["1","z"]}`, 400, "INVALID_ARGUMENT", []string{"memberIds[1]"}},
		{"POST /v1/friend-requests", `{"toUserId":"-1"}`, 400, "INVALID_ARGUMENT", []string{"toUserId"}},
		{"POST /v1/conversations/s:7:8/read", `{}`, 400, "INVALID_ARGUMENT", []string{"seq"}},
		{"POST /v1/conversations/s:7:8/read", `{"seq":"2"}`, 400, "INVALID_ARGUMENT", []string{"seq"}},
		{"POST /v1/messages", `{"type":"text","toUserId":"8","content":{}}`, 400, "INVALID_ARGUMENT", []string{"clientMsgId"}},
		{"POST /v1/messages", `{"clientMsgId":"c","toUserId":"8","type":"text"}`, 400, "INVALID_ARGUMENT", []string{"content"}},
		{"POST /v1/messages", `{"clientMsgId":"c","toUserId":"8","type":"text","content":null}`, 400, "INVALID_ARGUMENT", []string{"content"}},
		{"POST /v1/messages", `{"clientMsgId":"c","groupId":"zz","type":"text","content":{}}`, 400, "INVALID_ARGUMENT", []string{"groupId"}},
		{"POST /v1/auth/register", `{"username":"a"}`, 400, "INVALID_ARGUMENT", []string{"password", "device"}},
		{"POST /v1/auth/login", `{"username":"a","password":"b","device":{"name":"x"}}`, 400, "INVALID_ARGUMENT", []string{"device.deviceId", "device.platform"}},
		{"POST /v1/auth/login", `{"username":"a","password":"b","device":{"deviceId":5,"platform":"ios"}}`, 400, "INVALID_ARGUMENT", []string{"device.deviceId"}},
		{"POST /v1/auth/login", `{"username":"a","password":"b","device":{"deviceId":"d","platform":"amiga"}}`, 400, "INVALID_ARGUMENT", []string{"device.platform"}},
		{"POST /v1/auth/login", `{"username":"a","password":"b","device":{"deviceId":"  ","platform":"ios"}}`, 400, "INVALID_ARGUMENT", []string{"device.deviceId"}},
		{"POST /v1/auth/register", `{"username":"` + strings.Repeat("a", 1<<20) + `",` + device + `}`, 413, "PAYLOAD_TOO_LARGE", nil},
	}
	_, base := newGateway(t, nil, nil)
	for _, tc := range cases {
		t.Run(tc.call, func(t *testing.T) {
			t.Parallel()
			got := call(t, base, tc.call, tc.body)
			require.Equal(t, tc.status, got.status, got.body)
			p := got.problem(t)
			require.Equal(t, tc.reason, p["reason"])
			var fields []string
			if list, ok := p["fields"].([]any); ok {
				for _, f := range list {
					fields = append(fields, f.(map[string]any)["field"].(string))
				}
			}
			require.Equal(t, tc.fields, fields)
			require.Equal(t, tc.status == 405, got.header.Get("Allow") != "")
		})
	}
}

func TestChunkedBodiesAreReadAndBounded(t *testing.T) {
	t.Parallel()
	b, base := newGateway(t, nil, nil)
	b.answer("MarkRead", &chatpb.MarkReadResponse{}, nil)
	for body, status := range map[string]int{`{"seq":2}`: 204, `{"seq":2,"x":"` + strings.Repeat("x", 1<<20) + `"}`: 413} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, base+"/v1/conversations/s:7:8/read",
			bufio.NewReader(strings.NewReader(body))) // no known length: chunked
		require.NoError(t, err)
		req.Header.Set("Authorization", "Bearer good")
		got := do(t, req)
		require.Equal(t, status, got.status, got.body)
	}
}

func TestCredentialsAreNeeded(t *testing.T) {
	t.Parallel()
	b, base := newGateway(t, nil, nil)
	for header, reason := range map[string]string{
		"Authorization: ":               "UNAUTHENTICATED",
		"Authorization: Bearer":         "UNAUTHENTICATED",
		"Authorization: Basic good":     "UNAUTHENTICATED",
		"Authorization: Bearer forged":  "UNAUTHENTICATED",
		"Authorization: Bearer expired": "TOKEN_EXPIRED",
		"Authorization: Bearer revoked": "SESSION_REVOKED",
	} {
		got := call(t, base, "GET /v1/users/me", "", header)
		require.Equal(t, 401, got.status, header)
		require.Equal(t, reason, got.problem(t)["reason"], header)
		require.Equal(t, "Bearer", got.header.Get("WWW-Authenticate"))
	}
	b.answer("Authenticate", nil, errs.ErrUnavailable)
	got := call(t, base, "GET /v1/users/me", "")
	require.Equal(t, 503, got.status, "auth-service away admits nobody")
	require.Equal(t, "UNAVAILABLE", got.problem(t)["reason"])
	b.answer("Authenticate", &authpb.AuthenticateResponse{}, nil)
	require.Equal(t, 401, call(t, base, "GET /v1/users/me", "").status, "an answer without a user admits nobody")
}

func TestEveryRouteButThePublicOnesRefusesStrangers(t *testing.T) {
	t.Parallel()
	_, base := newGateway(t, nil, nil)
	for _, op := range openapi.Operations() {
		if op.Public {
			continue
		}
		path := strings.NewReplacer(":id", "1", ":userId", "1", ":groupId", "1", ":sessionId", "1").Replace(op.Path)
		got := call(t, base, op.Method+" "+path, "", "Authorization: Bearer forged")
		require.Equal(t, 401, got.status, op.Path)
	}
}

func TestErrorsOfServicesKeepReasonAndAdvice(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		err        error
		status     int
		reason     string
		retryAfter string
	}{
		{errs.ErrUserNotFound, 404, "USER_NOT_FOUND", ""},
		{errs.ErrUsernameTaken, 409, "USERNAME_TAKEN", ""},
		{errs.ErrBlocked, 403, "BLOCKED", ""},
		{errs.ErrRateLimited.After(1500 * time.Millisecond), 429, "RATE_LIMITED", "2"},
		{errs.ErrUnavailable, 503, "UNAVAILABLE", "1"},
		{context.DeadlineExceeded, 504, "TIMEOUT", ""},
		{io.ErrUnexpectedEOF, 500, "INTERNAL", ""},
	} {
		b, base := newGateway(t, nil, nil)
		b.answer("GetProfile", nil, tc.err)
		got := call(t, base, "GET /v1/users/me", "")
		require.Equal(t, tc.status, got.status)
		p := got.problem(t)
		require.Equal(t, tc.reason, p["reason"])
		require.Equal(t, tc.retryAfter, got.header.Get("Retry-After"))
		require.NotContains(t, p["detail"], "EOF", "causes stay inside")
	}
}

func TestATimeoutCannotBeSkippedByHeaders(t *testing.T) {
	t.Parallel()
	b, base := newGateway(t, nil, func(c *config.Config) { c.Timeout = 50 })
	b.answerFunc("GetProfile", func(ctx context.Context, _ proto.Message) (proto.Message, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	})
	for _, header := range []string{"X-Plain: 1", "Upgrade: websocket", "Accept: text/event-stream"} {
		got := call(t, base, "GET /v1/users/me", "", header)
		require.Equal(t, 504, got.status, header)
		require.Equal(t, "TIMEOUT", got.problem(t)["reason"])
	}
}

func TestAPanicIsA500WithoutItsText(t *testing.T) {
	t.Parallel()
	b, base := newGateway(t, nil, nil)
	b.answerFunc("GetProfile", func(context.Context, proto.Message) (proto.Message, error) { panic("secret") })
	got := call(t, base, "GET /v1/users/me", "")
	require.Equal(t, 500, got.status)
	require.Equal(t, "INTERNAL", got.problem(t)["reason"])
	require.NotContains(t, got.body, "secret")
}

func TestTheAddressComesFromTrustedProxiesOnly(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		trusted []string
		want    string
	}{{nil, "127.0.0.1"}, {[]string{"127.0.0.0/8", "10.0.0.1"}, "203.0.113.9"}} {
		b, base := newGateway(t, nil, func(c *config.Config) { c.TrustedProxies = tc.trusted })
		b.answer("GetProfile", &userpb.GetProfileResponse{}, nil)
		call(t, base, "GET /v1/users/me", "", "X-Forwarded-For: 198.51.100.1, 203.0.113.9, 10.0.0.1")
		asked, ok := b.lastAsked("Authenticate").(*authpb.AuthenticateRequest)
		require.True(t, ok)
		require.Equal(t, tc.want, asked.GetIp())
	}
}

func TestTheOpenAPIDocumentListsEveryRouteAndNoOther(t *testing.T) {
	t.Parallel()
	_, base := newGateway(t, nil, nil)
	var c config.Config
	c.Name, c.Log.Mode, c.Log.Encoding = "gateway", "console", "plain"
	routes, err := newRest(t.Context(), c, svc.Clients{})
	require.NoError(t, err)
	var registered, described []string
	for _, r := range routes.Routes() {
		if r.Path != "/" && r.Path != "/docs" && r.Path != "/openapi.json" {
			registered = append(registered, r.Method+" "+r.Path)
		}
	}
	for _, op := range openapi.Operations() {
		described = append(described, op.Method+" "+op.Path)
	}
	slices.Sort(registered)
	slices.Sort(described)
	require.Equal(t, registered, described)

	var doc struct {
		Paths map[string]map[string]any
	}
	got := call(t, base, "GET /openapi.json", "", "Authorization: ")
	require.NoError(t, json.Unmarshal([]byte(got.body), &doc))
	require.Contains(t, doc.Paths["/v1/users/{userId}"], "get")
	require.Contains(t, doc.Paths["/v1/messages"], "post")
	for path, statuses := range map[string][]string{"/v1/messages": {"200", "201"}, "/v1/groups/{groupId}/join": {"200", "201"}} {
		operation, ok := doc.Paths[path]["post"].(map[string]any)
		require.True(t, ok)
		for _, status := range statuses {
			require.Contains(t, operation["responses"], status, "%s succeeds in two ways", path)
		}
	}
	docs := call(t, base, "GET /docs", "", "Authorization: ")
	require.Contains(t, docs.body, "/v1/groups/:groupId/members/me")
	require.NotContains(t, docs.body, "https://", "no external assets")
	require.Equal(t, 200, call(t, base, "GET /", "", "Authorization: ").status)
}
