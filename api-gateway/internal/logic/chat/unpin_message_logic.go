// Code scaffolded by goctl. Safe to edit.

package chat

import (
	"context"

	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"

	"github.com/zeromicro/go-zero/core/logx"
)

// UnpinMessageLogic serves one call.
type UnpinMessageLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewUnpinMessageLogic is called by the handler for every call.
func NewUnpinMessageLogic(ctx context.Context, svcCtx *svc.ServiceContext) *UnpinMessageLogic {
	return &UnpinMessageLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// UnpinMessage takes a pin away.
func (l *UnpinMessageLogic) UnpinMessage(req *types.MessagePath) error {
	return nil
}
