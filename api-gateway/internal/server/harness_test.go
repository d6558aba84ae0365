package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/protobuf/proto"

	"im-backend/api-gateway/etc"
	"im-backend/api-gateway/internal/config"
	"im-backend/api-gateway/internal/svc"
	"im-backend/common/proto/gen/authpb"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/friendpb"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/common/proto/gen/userpb"
	"im-backend/common/utils/confx"
	"im-backend/common/utils/errs"
)

// backend stands for all five services: it answers RPCs by their short names and remembers what it was asked.
type backend struct {
	mu      sync.Mutex
	answers map[string]func(ctx context.Context, req proto.Message) (proto.Message, error)
	asked   map[string]proto.Message
}

var errNoAnswer = errors.New("the test gives no answer")

// Invoke implements grpc.ClientConnInterface.
func (b *backend) Invoke(ctx context.Context, method string, args, reply any, _ ...grpc.CallOption) error {
	name := method[strings.LastIndexByte(method, '/')+1:]
	req, _ := args.(proto.Message)
	b.mu.Lock()
	b.asked[name] = proto.Clone(req)
	answer := b.answers[name]
	b.mu.Unlock()
	if answer == nil {
		return fmt.Errorf("%s: %w", method, errNoAnswer)
	}
	got, err := answer(ctx, req)
	if err == nil && got != nil {
		proto.Merge(reply.(proto.Message), got)
	}
	return err
}

// NewStream implements grpc.ClientConnInterface; the gateway uses no streams.
func (b *backend) NewStream(context.Context, *grpc.StreamDesc, string, ...grpc.CallOption) (grpc.ClientStream, error) {
	return nil, errNoAnswer
}

func (b *backend) answer(name string, reply proto.Message, err error) {
	b.answerFunc(name, func(context.Context, proto.Message) (proto.Message, error) { return reply, err })
}

func (b *backend) answerFunc(name string, f func(context.Context, proto.Message) (proto.Message, error)) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.answers[name] = f
}

func (b *backend) lastAsked(name string) proto.Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.asked[name]
}

// me is who the token "good" belongs to.
var me = &authpb.Identity{UserId: 7, SessionId: 70, DeviceId: "phone", Platform: "ios"}

// newGateway serves a gateway over a backend that knows the token "good".
func newGateway(t *testing.T, values map[string]string, change func(*config.Config)) (*backend, string) {
	t.Helper()
	var c config.Config
	require.NoError(t, confx.Load(etc.YAML, confx.Values(values), &c))
	if change != nil {
		change(&c)
	}
	b := &backend{
		answers: map[string]func(context.Context, proto.Message) (proto.Message, error){}, asked: map[string]proto.Message{},
	}
	b.answerFunc("Authenticate", func(_ context.Context, req proto.Message) (proto.Message, error) {
		switch req.(*authpb.AuthenticateRequest).GetAccessToken() {
		case "good":
			return &authpb.AuthenticateResponse{Identity: me}, nil
		case "expired":
			return nil, errs.ErrTokenExpired
		case "revoked":
			return nil, errs.ErrSessionRevoked
		}
		return nil, errs.ErrUnauthenticated
	})
	b.answer("AdmitAttempt", nil, nil)
	b.answer("SettleAttempt", nil, nil)
	handler, err := New(t.Context(), c, svc.Clients{
		Users: userpb.NewUserServiceClient(b), Auth: authpb.NewAuthServiceClient(b), Friends: friendpb.NewFriendServiceClient(b),
		Groups: grouppb.NewGroupServiceClient(b), Chat: chatpb.NewChatServiceClient(b),
	})
	require.NoError(t, err)
	s := httptest.NewServer(handler)
	t.Cleanup(s.Close)
	return b, s.URL
}

// answer is a response that was read.
type answer struct {
	status int
	header http.Header
	body   string
}

func (a answer) problem(t *testing.T) map[string]any {
	t.Helper()
	require.Equal(t, "application/problem+json", a.header.Get("Content-Type"), a.body)
	var p map[string]any
	require.NoError(t, json.Unmarshal([]byte(a.body), &p))
	require.EqualValues(t, a.status, p["status"])
	require.Equal(t, http.StatusText(a.status), p["title"])
	require.Equal(t, "about:blank", p["type"])
	require.NotEmpty(t, p["detail"])
	require.Equal(t, a.header.Get("X-Request-Id"), p["requestId"])
	require.Len(t, p["requestId"], 32)
	return p
}

// call sends "METHOD /path" with the token "good", unless headers say otherwise ("Name: value").
func call(t *testing.T, base, what, body string, headers ...string) answer {
	t.Helper()
	method, path, _ := strings.Cut(what, " ")
	var reader io.Reader
	if body != "" {
		reader = strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, base+path, reader)
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer good")
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		req.Header.Set(name, value)
		if value == "" {
			req.Header.Del(name)
		}
	}
	return do(t, req)
}

func do(t *testing.T, req *http.Request) answer {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	require.NoError(t, err)
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	require.NoError(t, err)
	require.Len(t, resp.Header.Get("X-Request-Id"), 32)
	require.Equal(t, "nosniff", resp.Header.Get("X-Content-Type-Options"))
	return answer{status: resp.StatusCode, header: resp.Header, body: string(text)}
}
