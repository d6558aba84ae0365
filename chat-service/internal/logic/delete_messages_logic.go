package logic

import (
	"context"

	"im-backend/chat-service/internal/svc"
	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
)

// DeleteMessagesLogic serves one call.
type DeleteMessagesLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewDeleteMessagesLogic is called by the generated server for every call.
func NewDeleteMessagesLogic(ctx context.Context, svcCtx *svc.ServiceContext) *DeleteMessagesLogic {
	return &DeleteMessagesLogic{ctx: ctx, svcCtx: svcCtx}
}

// DeleteMessages takes single entries away from the caller, for good. Errors: CONVERSATION_NOT_FOUND, INVALID_ARGUMENT.
func (l *DeleteMessagesLogic) DeleteMessages(in *chatpb.DeleteMessagesRequest) (*chatpb.DeleteMessagesResponse, error) {
	err := l.svcCtx.Timeline.Delete(l.ctx, model.UserID(in.GetUserId()), in.GetConversationId(), in.GetSeqs(), in.GetSessionId())
	if err != nil {
		return nil, err
	}
	return &chatpb.DeleteMessagesResponse{}, nil
}
