// Code scaffolded by goctl. Safe to edit.

package chat

import (
	"context"

	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"

	"github.com/zeromicro/go-zero/core/logx"
)

// DeleteMessagesLogic serves one call.
type DeleteMessagesLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewDeleteMessagesLogic is called by the handler for every call.
func NewDeleteMessagesLogic(ctx context.Context, svcCtx *svc.ServiceContext) *DeleteMessagesLogic {
	return &DeleteMessagesLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// DeleteMessages takes entries away from the caller alone.
func (l *DeleteMessagesLogic) DeleteMessages(req *types.DeleteMessagesRequest) error {
	return nil
}
