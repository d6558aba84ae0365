package logic

import (
	"context"

	"im-backend/chat-service/internal/svc"
	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
)

// PinMessageLogic serves one call.
type PinMessageLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewPinMessageLogic is called by the generated server for every call.
func NewPinMessageLogic(ctx context.Context, svcCtx *svc.ServiceContext) *PinMessageLogic {
	return &PinMessageLogic{ctx: ctx, svcCtx: svcCtx}
}

// PinMessage pins a message for all or unpins it.
func (l *PinMessageLogic) PinMessage(in *chatpb.PinMessageRequest) (*chatpb.ChangeResponse, error) {
	return changeResponseOf(l.svcCtx.Sending.Pin(l.ctx, model.UserID(in.GetUserId()), in.GetConversationId(), in.GetSeq(), in.GetRemoved()))
}
