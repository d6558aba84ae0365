package server

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/zeromicro/go-zero/core/logx"
	"google.golang.org/protobuf/proto"

	"im-backend/common/utils/errs"
)

// buffer takes the log of the process.
type buffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write implements io.Writer.
func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

//nolint:paralleltest // the log is the process's
func TestTheLogHasTheRequestButNoTokenQueryOrBody(t *testing.T) {
	b, base := newGateway(t, nil, nil)
	log := &buffer{}
	before := logx.Reset()
	logx.SetWriter(logx.NewWriter(log))
	t.Cleanup(func() { logx.SetWriter(before) })

	b.answer("Register", nil, errs.ErrInternal)
	b.answer("JoinByInvite", nil, errs.ErrInternal)
	b.answerFunc("SearchUsers", func(context.Context, proto.Message) (proto.Message, error) { panic("oh") })
	failed := call(t, base, "POST /v1/auth/register", `{"username":"canary-name","password":"canary-password","device":`+deviceJSON+`}`)
	require.Equal(t, 500, failed.status)
	require.Equal(t, 500, call(t, base, "GET /v1/users/search?q=canary-query", "").status)
	require.Equal(t, 401, call(t, base, "GET /v1/users/me", "", "Authorization: Bearer canary-token").status)
	for _, path := range []string{"/v1/invites/canary-code/join", "/v1//invites/./canary-code/join", "/v1/%69nvites/canary-code/join"} {
		require.Equal(t, 500, call(t, base, "POST "+path, "").status)
	}
	require.Equal(t, 404, call(t, base, "PUT /v1/invites/canary-code/canary/canary", "").status)

	log.mu.Lock()
	defer log.mu.Unlock()
	text := log.buf.String()
	require.NotContains(t, text, "canary")
	require.Contains(t, text, failed.header.Get("X-Request-Id"))
	require.Contains(t, text, "/v1/users/search")
	require.Contains(t, text, "/v1/invites/*/join")
	require.Equal(t, 5, strings.Count(text, "request failed"), "each failure is logged once: %s", text)
}
