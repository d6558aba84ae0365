package logic

import (
	"context"

	"im-backend/chat-service/internal/svc"
	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
)

// ClearConversationLogic serves one call.
type ClearConversationLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewClearConversationLogic is called by the generated server for every call.
func NewClearConversationLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ClearConversationLogic {
	return &ClearConversationLogic{ctx: ctx, svcCtx: svcCtx}
}

// ClearConversation takes a conversation's history up to its head away from the caller, and leaves it out of lists until the
// next entry. Errors: CONVERSATION_NOT_FOUND.
func (l *ClearConversationLogic) ClearConversation(in *chatpb.ClearConversationRequest) (*chatpb.ClearConversationResponse, error) {
	err := l.svcCtx.Timeline.Clear(l.ctx, model.UserID(in.GetUserId()), in.GetConversationId(), in.GetSessionId())
	if err != nil {
		return nil, err
	}
	return &chatpb.ClearConversationResponse{}, nil
}
