package logic

import (
	"context"

	"im-backend/chat-service/internal/svc"
	"im-backend/common/proto/gen/chatpb"
)

// RecallAsSystemLogic serves one call.
type RecallAsSystemLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewRecallAsSystemLogic is called by the generated server for every call.
func NewRecallAsSystemLogic(ctx context.Context, svcCtx *svc.ServiceContext) *RecallAsSystemLogic {
	return &RecallAsSystemLogic{ctx: ctx, svcCtx: svcCtx}
}

// RecallAsSystem empties a message for all whoever wrote it, at any time, and answers the entry that says so; again, the same entry.
func (l *RecallAsSystemLogic) RecallAsSystem(in *chatpb.RecallAsSystemRequest) (*chatpb.ChangeResponse, error) {
	return changeResponseOf(l.svcCtx.Sending.RecallAsSystem(l.ctx, in.GetConversationId(), in.GetSeq()))
}
