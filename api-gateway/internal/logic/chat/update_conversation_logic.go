// Code scaffolded by goctl. Safe to edit.

package chat

import (
	"context"

	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"

	"github.com/zeromicro/go-zero/core/logx"
)

// UpdateConversationLogic serves one call.
type UpdateConversationLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewUpdateConversationLogic is called by the handler for every call.
func NewUpdateConversationLogic(ctx context.Context, svcCtx *svc.ServiceContext) *UpdateConversationLogic {
	return &UpdateConversationLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// UpdateConversation changes one's own settings of a conversation.
func (l *UpdateConversationLogic) UpdateConversation(req *types.UpdateConversationRequest) error {
	return nil
}
