package logic

import (
	"context"

	"im-backend/chat-service/internal/svc"
	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
)

// GetConversationLogic serves one call.
type GetConversationLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewGetConversationLogic is called by the generated server for every call.
func NewGetConversationLogic(ctx context.Context, svcCtx *svc.ServiceContext) *GetConversationLogic {
	return &GetConversationLogic{ctx: ctx, svcCtx: svcCtx}
}

// GetConversation answers one conversation of the caller. Errors: CONVERSATION_NOT_FOUND.
func (l *GetConversationLogic) GetConversation(in *chatpb.GetConversationRequest) (*chatpb.GetConversationResponse, error) {
	me := model.UserID(in.GetUserId())
	c, err := l.svcCtx.Timeline.GetConversation(l.ctx, me, in.GetConversationId())
	if err != nil {
		return nil, err
	}
	return &chatpb.GetConversationResponse{Conversation: conversationOf(c, me)}, nil
}
