package logic

import (
	"context"

	"im-backend/chat-service/internal/svc"
	"im-backend/chat-service/internal/timeline"
	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
)

// UpdateConversationLogic serves one call.
type UpdateConversationLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewUpdateConversationLogic is called by the generated server for every call.
func NewUpdateConversationLogic(ctx context.Context, svcCtx *svc.ServiceContext) *UpdateConversationLogic {
	return &UpdateConversationLogic{ctx: ctx, svcCtx: svcCtx}
}

// UpdateConversation changes the caller's own settings of a conversation. Errors: CONVERSATION_NOT_FOUND, INVALID_ARGUMENT.
func (l *UpdateConversationLogic) UpdateConversation(in *chatpb.UpdateConversationRequest) (*chatpb.UpdateConversationResponse, error) {
	me := model.UserID(in.GetUserId())
	c, err := l.svcCtx.Timeline.Update(l.ctx, me, in.GetConversationId(), timeline.Settings{
		Pinned: in.Pinned, MutedUntil: in.MutedUntil, Draft: in.Draft, MarkedUnread: in.MarkedUnread, Archived: in.Archived,
	}, in.GetSessionId())
	if err != nil {
		return nil, err
	}
	return &chatpb.UpdateConversationResponse{Conversation: conversationOf(c, me)}, nil
}
