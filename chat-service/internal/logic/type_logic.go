package logic

import (
	"context"

	"im-backend/chat-service/internal/svc"
	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
)

// TypeLogic serves one call.
type TypeLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewTypeLogic is called by the generated server for every call.
func NewTypeLogic(ctx context.Context, svcCtx *svc.ServiceContext) *TypeLogic {
	return &TypeLogic{ctx: ctx, svcCtx: svcCtx}
}

// Type tells the others who are online that the caller is typing. Errors: CONVERSATION_NOT_FOUND, NOT_GROUP_MEMBER.
func (l *TypeLogic) Type(in *chatpb.TypeRequest) (*chatpb.TypeResponse, error) {
	if err := l.svcCtx.Timeline.Type(l.ctx, model.UserID(in.GetUserId()), in.GetConversationId()); err != nil {
		return nil, err
	}
	return &chatpb.TypeResponse{}, nil
}
