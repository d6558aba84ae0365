package router

import (
	"context"
	"time"

	"im-backend/common/proto/gen/chatpb"
	"im-backend/ws-gateway/internal/conn"
	"im-backend/ws-gateway/internal/frame"
)

func (r *Router) delivered(ctx context.Context, c *conn.Conn, req frame.Request) ([]byte, error) {
	in, err := req.Delivered()
	if err != nil {
		return nil, err
	}
	out, err := r.chat.MarkDelivered(ctx, &chatpb.MarkDeliveredRequest{
		UserId: int64(c.User), ConversationId: in.ConversationID, Seq: in.Seq,
	})
	if err != nil {
		return nil, err
	}
	return c.Format.Codec().WasDelivered(req.ID, out.GetDeliveredSeq()), nil
}

// typing passes on that a user types, unless the connection said so a moment ago: then it is only answered.
func (r *Router) typing(c *conn.Conn, req frame.Request) {
	id, err := req.Typing()
	switch {
	case err != nil:
		fail(c, req.ID, err)
	case !c.Typing.Pass(id, time.Now()):
		c.Send(c.Format.Codec().TypingTaken(req.ID))
	default:
		r.call(c, req, func(ctx context.Context, c *conn.Conn, req frame.Request) ([]byte, error) {
			_, err := r.chat.Type(ctx, &chatpb.TypeRequest{UserId: int64(c.User), ConversationId: id})
			if err != nil {
				return nil, err //nolint:wrapcheck // typed, and answered as it is
			}
			return c.Format.Codec().TypingTaken(req.ID), nil
		})
	}
}
