package server

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"im-backend/api-gateway/internal/config"
	"im-backend/common/proto/gen/authpb"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/friendpb"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/proto/gen/userpb"
	"im-backend/common/utils/errs"
)

const exportCall = "GET /v1/users/me/export"

// whole has a backend answer all that an export asks: one item of each kind, and two conversations of five messages in pages of
// two.
func whole(b *backend) {
	b.answer("StartExport", &chatpb.StartExportResponse{}, nil)
	b.answer("GetProfile", &userpb.GetProfileResponse{Profile: profile}, nil)
	b.answer("ListSessions", &authpb.ListSessionsResponse{Sessions: []*authpb.Session{session}}, nil)
	b.answer("ListFriends", &friendpb.ListFriendsResponse{Friends: []*friendpb.Friend{{UserId: 8}}}, nil)
	b.answer("BatchGetUsers", &userpb.BatchGetUsersResponse{Users: []*userpb.User{ann}}, nil)
	b.answer("ListBlocks", &friendpb.ListBlocksResponse{Blocks: []*friendpb.Block{{UserId: 9}}}, nil)
	b.answer("ListGroups", &grouppb.ListGroupsResponse{Groups: []*grouppb.Group{team}}, nil)
	b.answerFunc("ExportConversations", func(_ context.Context, req proto.Message) (proto.Message, error) {
		next := map[string]string{"": "g:50", "g:50": "s:7:8"}[req.(*chatpb.ExportConversationsRequest).GetAfterId()]
		if next == "" {
			return nil, nil
		}
		return &chatpb.ExportConversationsResponse{Conversations: []*chatpb.Conversation{{ConversationId: next}}}, nil
	})
	b.answerFunc("ListMessages", func(_ context.Context, req proto.Message) (proto.Message, error) {
		asked := req.(*chatpb.ListMessagesRequest)
		out := &chatpb.ListMessagesResponse{}
		for seq := asked.GetAfterSeq() + 1; seq <= 5 && len(out.GetMessages()) < 2; seq++ {
			out.Messages = append(out.Messages, &logpb.Entry{ConversationId: asked.GetConversationId(), Seq: seq, Content: []byte(`{"text":"<&>"}`)})
			out.HasMore = seq < 5
		}
		return out, nil
	})
}

type exportLine struct {
	Kind string
	Data struct {
		Cursor, Reason, ConversationID string
		Complete                       bool
		Seq                            int64
	}
}

// linesOf reads an export: its lines but for cursors, shortly, those cursors, and the end.
func linesOf(t *testing.T, got answer) (short, cursors []string, end exportLine) {
	t.Helper()
	require.Equal(t, 200, got.status, got.body)
	require.Equal(t, "application/x-ndjson", got.header.Get("Content-Type"))
	for text := range strings.Lines(got.body) {
		require.Empty(t, end.Kind, "nothing follows the end")
		var line exportLine
		require.NoError(t, json.Unmarshal([]byte(text), &line))
		switch line.Kind {
		case "end":
			end = line
		case "cursor":
			cursors = append(cursors, line.Data.Cursor)
		default:
			short = append(short, fmt.Sprint(line.Kind, " ", line.Data.ConversationID, " ", line.Data.Seq))
		}
	}
	require.Equal(t, "end", end.Kind)
	return short, cursors, end
}

func TestAnExportHasEverythingInOrder(t *testing.T) {
	t.Parallel()
	b, base := newGateway(t, nil, func(c *config.Config) { c.Timeout = 1 })
	whole(b)
	b.answerFunc("GetProfile", func(ctx context.Context, _ proto.Message) (proto.Message, error) {
		deadline, bounded := ctx.Deadline()
		require.True(t, bounded)
		require.Greater(t, time.Until(deadline), time.Second, "the deadline of other answers is not its own")
		return &userpb.GetProfileResponse{Profile: profile}, nil
	})
	b.answerFunc("StartExport", func(context.Context, proto.Message) (proto.Message, error) { return nil, nil })
	got := call(t, base, exportCall, "")
	short, _, end := linesOf(t, got)
	want := []string{"profile  0", "session  0", "friend  0", "block  0", "group  0"}
	for _, id := range []string{"g:50", "s:7:8"} {
		want = append(want, "conversation "+id+" 0")
		for seq := range 5 {
			want = append(want, fmt.Sprint("message ", id, " ", seq+1))
		}
	}
	require.Equal(t, want, short)
	require.True(t, end.Data.Complete)
	require.Contains(t, got.body, `{"kind":"profile","data":`+profileJSON+"}\n")
	require.Contains(t, got.body, `{"kind":"session","data":`+sessionJSON+"}\n")
	require.Contains(t, got.body, `{"kind":"group","data":`+teamJSON+"}\n")
	require.Contains(t, got.body, `"content":{"text":"<&>"}`)
}

func TestAnExportGoesOnFromAnyOfItsCursors(t *testing.T) {
	t.Parallel()
	b, base := newGateway(t, nil, nil)
	whole(b)
	got := call(t, base, exportCall, "")
	all, cursors, _ := linesOf(t, got)
	require.Greater(t, len(cursors), 10)
	for _, cursor := range cursors {
		before, _, found := strings.Cut(got.body, cursor)
		require.True(t, found)
		rest, _, end := linesOf(t, call(t, base, exportCall+"?cursor="+cursor, ""))
		require.True(t, end.Data.Complete)
		done := strings.Count(before, "\n") - strings.Count(before, `"kind":"cursor"`) + 1
		require.Equal(t, append([]string{}, all[done:]...), append([]string{}, rest...), "nothing is missing, nothing comes twice")
	}
}

func TestAnExportThatIsCutSaysSo(t *testing.T) {
	t.Parallel()
	b, base := newGateway(t, nil, nil)
	whole(b)
	b.answer("ListGroups", nil, errs.ErrUnavailable)
	_, cursors, end := linesOf(t, call(t, base, exportCall, ""))
	require.False(t, end.Data.Complete)
	require.Equal(t, "UNAVAILABLE", end.Data.Reason)
	require.Equal(t, cursors[len(cursors)-1], end.Data.Cursor)

	b, base = newGateway(t, nil, func(c *config.Config) { c.Export.Timeout = 1 })
	whole(b)
	b.answerFunc("GetProfile", func(ctx context.Context, _ proto.Message) (proto.Message, error) { return nil, ctx.Err() })
	_, _, end = linesOf(t, call(t, base, exportCall, ""))
	require.Equal(t, "TIMEOUT", end.Data.Reason)

	b, base = newGateway(t, nil, nil)
	whole(b)
	b.answerFunc("StartExport", func(context.Context, proto.Message) (proto.Message, error) {
		b.answer("Authenticate", nil, errs.ErrSessionRevoked)
		return nil, nil
	})
	short, _, end := linesOf(t, call(t, base, exportCall, ""))
	require.Equal(t, "SESSION_REVOKED", end.Data.Reason)
	require.Empty(t, short)
}

func TestAnExportThatMayNotBeginIsAProblem(t *testing.T) {
	t.Parallel()
	b, base := newGateway(t, nil, func(c *config.Config) { c.Export.AtOnce = 1 })
	whole(b)
	for _, cursor := range []string{"?", "e30x", "eyJwIjo5fQ", "eyJwIjotMX0"} { // the last two name parts that there are not
		got := call(t, base, exportCall+"?cursor="+cursor, "")
		require.Equal(t, 400, got.status, cursor)
	}
	inside, leave := make(chan struct{}), make(chan struct{})
	b.answerFunc("GetProfile", func(context.Context, proto.Message) (proto.Message, error) {
		close(inside)
		<-leave
		return &userpb.GetProfileResponse{Profile: profile}, nil
	})
	first := make(chan answer, 1)
	go func() { first <- call(t, base, exportCall, "") }()
	<-inside
	got := call(t, base, exportCall, "")
	require.Equal(t, 503, got.status)
	require.Equal(t, "10", got.header.Get("Retry-After"))
	close(leave)
	require.Equal(t, 200, (<-first).status)
	b.answer("StartExport", nil, errs.ErrRateLimited.After(time.Minute))
	got = call(t, base, exportCall, "")
	require.Equal(t, 429, got.status)
	require.Equal(t, "RATE_LIMITED", got.problem(t)["reason"])
}
