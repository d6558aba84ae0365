// Code scaffolded by goctl. Safe to edit.

package group

import (
	"context"

	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"

	"github.com/zeromicro/go-zero/core/logx"
)

// TransferGroupLogic serves one call.
type TransferGroupLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewTransferGroupLogic is called by the handler for every call.
func NewTransferGroupLogic(ctx context.Context, svcCtx *svc.ServiceContext) *TransferGroupLogic {
	return &TransferGroupLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// TransferGroup hands the group over to another member.
func (l *TransferGroupLogic) TransferGroup(req *types.TransferGroupRequest) error {
	return nil
}
