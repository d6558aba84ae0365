package logic

import (
	"context"

	"im-backend/chat-service/internal/svc"
	"im-backend/chat-service/internal/timeline"
	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
)

// ListMessagesLogic serves one call.
type ListMessagesLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListMessagesLogic is called by the generated server for every call.
func NewListMessagesLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListMessagesLogic {
	return &ListMessagesLogic{ctx: ctx, svcCtx: svcCtx}
}

// ListMessages answers entries ascending by seq inside the caller's window: the newest ones, the ones before a seq, or
func (l *ListMessagesLogic) ListMessages(in *chatpb.ListMessagesRequest) (*chatpb.ListMessagesResponse, error) {
	entries, more, err := l.svcCtx.Timeline.ListMessages(l.ctx, model.UserID(in.GetUserId()), in.GetConversationId(),
		timeline.Page{Before: in.BeforeSeq, After: in.AfterSeq, Limit: in.GetLimit()})
	if err != nil {
		return nil, err
	}
	return &chatpb.ListMessagesResponse{Messages: entries, HasMore: more}, nil
}
