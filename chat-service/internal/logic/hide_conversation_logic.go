package logic

import (
	"context"

	"im-backend/chat-service/internal/svc"
	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
)

// HideConversationLogic serves one call.
type HideConversationLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewHideConversationLogic is called by the generated server for every call.
func NewHideConversationLogic(ctx context.Context, svcCtx *svc.ServiceContext) *HideConversationLogic {
	return &HideConversationLogic{ctx: ctx, svcCtx: svcCtx}
}

// HideConversation leaves a conversation out of the caller's lists until the next entry. Errors: CONVERSATION_NOT_FOUND.
func (l *HideConversationLogic) HideConversation(in *chatpb.HideConversationRequest) (*chatpb.HideConversationResponse, error) {
	err := l.svcCtx.Timeline.Hide(l.ctx, model.UserID(in.GetUserId()), in.GetConversationId(), in.GetSessionId())
	if err != nil {
		return nil, err
	}
	return &chatpb.HideConversationResponse{}, nil
}
