// Code scaffolded by goctl. Safe to edit.

package group

import (
	"context"

	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"

	"github.com/zeromicro/go-zero/core/logx"
)

// CreateInviteLogic serves one call.
type CreateInviteLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewCreateInviteLogic is called by the handler for every call.
func NewCreateInviteLogic(ctx context.Context, svcCtx *svc.ServiceContext) *CreateInviteLogic {
	return &CreateInviteLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// CreateInvite makes an invite; only this answer has its code.
func (l *CreateInviteLogic) CreateInvite(req *types.CreateInviteRequest) (resp *types.CreatedInvite, err error) {
	return
}
