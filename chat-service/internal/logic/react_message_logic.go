package logic

import (
	"context"

	"im-backend/chat-service/internal/svc"
	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
)

// ReactMessageLogic serves one call.
type ReactMessageLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewReactMessageLogic is called by the generated server for every call.
func NewReactMessageLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ReactMessageLogic {
	return &ReactMessageLogic{ctx: ctx, svcCtx: svcCtx}
}

// ReactMessage adds one's reaction to a message or takes it back.
func (l *ReactMessageLogic) ReactMessage(in *chatpb.ReactMessageRequest) (*chatpb.ChangeResponse, error) {
	return changeResponseOf(l.svcCtx.Sending.React(l.ctx, model.UserID(in.GetUserId()), in.GetConversationId(), in.GetSeq(), in.GetEmoji(), in.GetRemoved()))
}
