// Code scaffolded by goctl. Safe to edit.

package chat

import (
	"context"

	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"

	"github.com/zeromicro/go-zero/core/logx"
)

// ForwardMessagesLogic serves one call.
type ForwardMessagesLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewForwardMessagesLogic is called by the handler for every call.
func NewForwardMessagesLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ForwardMessagesLogic {
	return &ForwardMessagesLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// ForwardMessages sends copies of messages to other conversations.
func (l *ForwardMessagesLogic) ForwardMessages(req *types.ForwardMessagesRequest) (resp *types.ForwardedList, err error) {
	return
}
