// Code scaffolded by goctl. Safe to edit.

package chat

import (
	"context"

	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"

	"github.com/zeromicro/go-zero/core/logx"
)

// ListPinsLogic serves one call.
type ListPinsLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListPinsLogic is called by the handler for every call.
func NewListPinsLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListPinsLogic {
	return &ListPinsLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// ListPins lists the pinned messages, the latest pin first.
func (l *ListPinsLogic) ListPins(req *types.ConversationPath) error {
	return nil
}
