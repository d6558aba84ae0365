package main

import (
	"context"
	"fmt"
	"io"

	"google.golang.org/grpc"

	"im-backend/common/proto/gen/chatpb"
)

// recallMessage empties a message for all; again, it changes nothing.
func recallMessage(conversationID string, seq int64) command {
	return func(ctx context.Context, o options, out io.Writer) error {
		chat, closing, err := connect(ctx, o, "chat", o.chat, chatpb.NewChatServiceClient)
		if err != nil {
			return err
		}
		defer closing()
		done, err := chat.RecallAsSystem(ctx, &chatpb.RecallAsSystemRequest{ConversationId: conversationID, Seq: seq}, grpc.WaitForReady(true))
		if err != nil {
			return fmt.Errorf("recall message: %w", err)
		}
		if done.GetUnchanged() {
			fmt.Fprintf(out, "it was recalled before: entry %d\n", done.GetSeq())
			return nil
		}
		fmt.Fprintf(out, "recalled: entry %d\n", done.GetSeq())
		return nil
	}
}
