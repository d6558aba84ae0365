package logic

import (
	"context"

	"im-backend/chat-service/internal/svc"
	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
)

// ListConversationsLogic serves one call.
type ListConversationsLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListConversationsLogic is called by the generated server for every call.
func NewListConversationsLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListConversationsLogic {
	return &ListConversationsLogic{ctx: ctx, svcCtx: svcCtx}
}

// ListConversations lists the caller's conversations: pinned ones first, then the newest first.
func (l *ListConversationsLogic) ListConversations(in *chatpb.ListConversationsRequest) (*chatpb.ListConversationsResponse, error) {
	me := model.UserID(in.GetUserId())
	list, next, err := l.svcCtx.Timeline.ListConversations(l.ctx, me, in.GetArchived(), in.GetLimit(), in.GetCursor())
	if err != nil {
		return nil, err
	}
	return &chatpb.ListConversationsResponse{Conversations: conversationsOf(list, me), NextCursor: next}, nil
}
