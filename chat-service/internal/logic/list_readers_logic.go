package logic

import (
	"context"

	"im-backend/chat-service/internal/svc"
	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
)

// ListReadersLogic serves one call.
type ListReadersLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListReadersLogic is called by the generated server for every call.
func NewListReadersLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListReadersLogic {
	return &ListReadersLogic{ctx: ctx, svcCtx: svcCtx}
}

// ListReaders answers who has read an entry, of those who were members when it came. Errors: CONVERSATION_NOT_FOUND,
// MESSAGE_NOT_FOUND, INVALID_ARGUMENT.
func (l *ListReadersLogic) ListReaders(in *chatpb.ListReadersRequest) (*chatpb.ListReadersResponse, error) {
	readers, err := l.svcCtx.Timeline.ListReaders(l.ctx, model.UserID(in.GetUserId()), in.GetConversationId(), in.GetSeq(),
		in.GetLimit(), in.GetCursor())
	if err != nil {
		return nil, err
	}
	return &chatpb.ListReadersResponse{
		UserIds: readers.Users, ReadCount: readers.Read, UnreadCount: readers.Unread, NextCursor: readers.Next,
	}, nil
}
