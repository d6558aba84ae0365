package logic

import (
	"context"

	"im-backend/chat-service/internal/svc"
	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
)

// EditMessageLogic serves one call.
type EditMessageLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewEditMessageLogic is called by the generated server for every call.
func NewEditMessageLogic(ctx context.Context, svcCtx *svc.ServiceContext) *EditMessageLogic {
	return &EditMessageLogic{ctx: ctx, svcCtx: svcCtx}
}

// EditMessage puts another text in place of one's own and answers the entry that says so.
func (l *EditMessageLogic) EditMessage(in *chatpb.EditMessageRequest) (*chatpb.ChangeResponse, error) {
	return changeResponseOf(l.svcCtx.Sending.Edit(l.ctx, model.UserID(in.GetUserId()), in.GetConversationId(), in.GetSeq(), in.GetContent(), in.GetMentions()))
}
