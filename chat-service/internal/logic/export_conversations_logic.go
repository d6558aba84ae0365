package logic

import (
	"context"

	"im-backend/chat-service/internal/svc"
	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
)

// ExportConversationsLogic serves one call.
type ExportConversationsLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewExportConversationsLogic is called by the generated server for every call.
func NewExportConversationsLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ExportConversationsLogic {
	return &ExportConversationsLogic{ctx: ctx, svcCtx: svcCtx}
}

// ExportConversations answers all conversations of the caller in order of id, hidden, archived and former ones too.
func (l *ExportConversationsLogic) ExportConversations(in *chatpb.ExportConversationsRequest) (*chatpb.ExportConversationsResponse, error) {
	me := model.UserID(in.GetUserId())
	list, more, err := l.svcCtx.Timeline.AllConversations(l.ctx, me, in.GetAfterId(), in.GetLimit())
	if err != nil {
		return nil, err
	}
	return &chatpb.ExportConversationsResponse{Conversations: conversationsOf(list, me), More: more}, nil
}
