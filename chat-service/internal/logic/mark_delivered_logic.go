package logic

import (
	"context"

	"im-backend/chat-service/internal/svc"
	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
)

// MarkDeliveredLogic serves one call.
type MarkDeliveredLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewMarkDeliveredLogic is called by the generated server for every call.
func NewMarkDeliveredLogic(ctx context.Context, svcCtx *svc.ServiceContext) *MarkDeliveredLogic {
	return &MarkDeliveredLogic{ctx: ctx, svcCtx: svcCtx}
}

// MarkDelivered notes up to which seq of a single conversation a device of the caller has every entry; a lower seq changes
// nothing. Errors: CONVERSATION_NOT_FOUND, INVALID_ARGUMENT.
func (l *MarkDeliveredLogic) MarkDelivered(in *chatpb.MarkDeliveredRequest) (*chatpb.MarkDeliveredResponse, error) {
	seq, err := l.svcCtx.Position.Deliver(l.ctx, model.UserID(in.GetUserId()), in.GetConversationId(), in.GetSeq())
	if err != nil {
		return nil, err
	}
	return &chatpb.MarkDeliveredResponse{DeliveredSeq: seq}, nil
}
