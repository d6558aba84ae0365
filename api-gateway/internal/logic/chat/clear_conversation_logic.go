// Code scaffolded by goctl. Safe to edit.

package chat

import (
	"context"

	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"

	"github.com/zeromicro/go-zero/core/logx"
)

// ClearConversationLogic serves one call.
type ClearConversationLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewClearConversationLogic is called by the handler for every call.
func NewClearConversationLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ClearConversationLogic {
	return &ClearConversationLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// ClearConversation takes the history up to the head away from the caller alone.
func (l *ClearConversationLogic) ClearConversation(req *types.ConversationPath) error {
	return nil
}
