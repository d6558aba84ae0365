// Code scaffolded by goctl. Safe to edit.

package chat

import (
	"context"

	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"

	"github.com/zeromicro/go-zero/core/logx"
)

// HideConversationLogic serves one call.
type HideConversationLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewHideConversationLogic is called by the handler for every call.
func NewHideConversationLogic(ctx context.Context, svcCtx *svc.ServiceContext) *HideConversationLogic {
	return &HideConversationLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// HideConversation leaves a conversation out of one's lists until the next entry.
func (l *HideConversationLogic) HideConversation(req *types.ConversationPath) error {
	return nil
}
