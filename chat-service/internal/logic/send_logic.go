package logic

import (
	"context"

	"im-backend/chat-service/internal/svc"
	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
)

// SendLogic serves one call.
type SendLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewSendLogic is called by the generated server for every call.
func NewSendLogic(ctx context.Context, svcCtx *svc.ServiceContext) *SendLogic {
	return &SendLogic{ctx: ctx, svcCtx: svcCtx}
}

// Send stores a message and answers its seq after the commit. Repeating a client_msg_id answers the first result.
func (l *SendLogic) Send(in *chatpb.SendRequest) (*chatpb.SendResponse, error) {
	result, err := l.svcCtx.Sending.Send(l.ctx, model.UserID(in.GetSenderId()), draftOf(in.GetMessage()))
	if err != nil {
		return nil, err
	}
	return sendResponseOf(result), nil
}
