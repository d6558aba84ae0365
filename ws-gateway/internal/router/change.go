package router

import (
	"context"

	"im-backend/common/proto/gen/chatpb"
	"im-backend/ws-gateway/internal/conn"
	"im-backend/ws-gateway/internal/frame"
)

// change recalls or edits a message, or reacts to it.
func (r *Router) change(ctx context.Context, c *conn.Conn, req frame.Request) ([]byte, error) {
	in, err := req.Change()
	if err != nil {
		return nil, err
	}
	out, err := r.make(ctx, int64(c.User), req.Type, in)
	if err != nil {
		return nil, err
	}
	return c.Format.Codec().Sent(req.ID, &chatpb.SendResponse{
		MessageId: out.GetMessageId(), ConversationId: in.ConversationID, Seq: out.GetSeq(), ServerTime: out.GetServerTime(),
	}), nil
}

func (r *Router) make(ctx context.Context, user int64, kind string, in frame.Change) (*chatpb.ChangeResponse, error) {
	switch kind {
	case frame.TypeRecall:
		return r.chat.RecallMessage(ctx, &chatpb.RecallMessageRequest{
			UserId: user, ConversationId: in.ConversationID, Seq: in.Seq,
		})
	case frame.TypeEdit:
		return r.chat.EditMessage(ctx, &chatpb.EditMessageRequest{
			UserId: user, ConversationId: in.ConversationID, Seq: in.Seq, Content: in.Content, Mentions: in.Mentions,
		})
	default:
		return r.chat.ReactMessage(ctx, &chatpb.ReactMessageRequest{
			UserId: user, ConversationId: in.ConversationID, Seq: in.Seq, Emoji: in.Emoji, Removed: in.Removed,
		})
	}
}
