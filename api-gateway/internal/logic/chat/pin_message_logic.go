// Code scaffolded by goctl. Safe to edit.

package chat

import (
	"context"

	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"

	"github.com/zeromicro/go-zero/core/logx"
)

// PinMessageLogic serves one call.
type PinMessageLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewPinMessageLogic is called by the handler for every call.
func NewPinMessageLogic(ctx context.Context, svcCtx *svc.ServiceContext) *PinMessageLogic {
	return &PinMessageLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// PinMessage pins a message for all.
func (l *PinMessageLogic) PinMessage(req *types.MessagePath) error {
	return nil
}
