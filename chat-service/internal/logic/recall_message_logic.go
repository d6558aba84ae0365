package logic

import (
	"context"

	"im-backend/chat-service/internal/svc"
	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
)

// RecallMessageLogic serves one call.
type RecallMessageLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewRecallMessageLogic is called by the generated server for every call.
func NewRecallMessageLogic(ctx context.Context, svcCtx *svc.ServiceContext) *RecallMessageLogic {
	return &RecallMessageLogic{ctx: ctx, svcCtx: svcCtx}
}

// RecallMessage empties a message for all and answers the entry that says so; again, the same entry.
func (l *RecallMessageLogic) RecallMessage(in *chatpb.RecallMessageRequest) (*chatpb.ChangeResponse, error) {
	return changeResponseOf(l.svcCtx.Sending.Recall(l.ctx, model.UserID(in.GetUserId()), in.GetConversationId(), in.GetSeq()))
}
