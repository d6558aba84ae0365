package logic

import (
	"context"
	"errors"

	"im-backend/chat-service/internal/svc"
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

// ExportConversations answers all conversations of the caller in order of id, hidden, archived and former ones too. Errors:
func (l *ExportConversationsLogic) ExportConversations(in *chatpb.ExportConversationsRequest) (*chatpb.ExportConversationsResponse, error) {
	return nil, errors.ErrUnsupported
}
