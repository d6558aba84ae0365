package logic

import (
	"context"

	"im-backend/chat-service/internal/svc"
	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
)

// CancelScheduledMessageLogic serves one call.
type CancelScheduledMessageLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewCancelScheduledMessageLogic is called by the generated server for every call.
func NewCancelScheduledMessageLogic(ctx context.Context, svcCtx *svc.ServiceContext) *CancelScheduledMessageLogic {
	return &CancelScheduledMessageLogic{ctx: ctx, svcCtx: svcCtx}
}

// CancelScheduledMessage forgets one that nobody has begun to send.
func (l *CancelScheduledMessageLogic) CancelScheduledMessage(in *chatpb.CancelScheduledMessageRequest) (*chatpb.CancelScheduledMessageResponse, error) {
	if err := l.svcCtx.Schedule.Cancel(l.ctx, model.UserID(in.GetUserId()), in.GetScheduledId()); err != nil {
		return nil, err
	}
	return &chatpb.CancelScheduledMessageResponse{}, nil
}
