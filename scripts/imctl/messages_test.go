package main

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"

	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/utils/errs"
)

// moderated is a chat-service with one message.
type moderated struct {
	chatpb.UnimplementedChatServiceServer
	recalled bool
}

func (m *moderated) RecallAsSystem(_ context.Context, in *chatpb.RecallAsSystemRequest) (*chatpb.ChangeResponse, error) {
	if in.GetConversationId() != "g:5" || in.GetSeq() != 2 {
		return nil, errs.ErrMessageNotFound
	}
	before := m.recalled
	m.recalled = true
	return &chatpb.ChangeResponse{Seq: 7, Unchanged: before}, nil
}

func TestAMessageIsRecalled(t *testing.T) {
	t.Parallel()
	addr := serve(t, func(server *grpc.Server) { chatpb.RegisterChatServiceServer(server, &moderated{}) })
	for _, want := range []string{"recalled: entry 7\n", "it was recalled before: entry 7\n"} {
		code, out, errOut := call(t, "-chat", addr, "messages", "recall", "g:5", "2")
		require.Zero(t, code, errOut)
		require.Equal(t, want, out)
	}
	code, _, errOut := call(t, "-chat", addr, "messages", "recall", "g:5", "3")
	require.Equal(t, 1, code)
	require.Contains(t, errOut, "MESSAGE_NOT_FOUND")
	for _, args := range [][]string{{"g:5"}, {"g:5", "0"}, {"g:5", "x"}, {"g:5", "2", "3"}} {
		code, _, _ := call(t, append([]string{"messages", "recall"}, args...)...)
		require.Equal(t, 2, code, "%v", args)
	}
}
