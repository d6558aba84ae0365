// Code scaffolded by goctl. Safe to edit.

package group

import (
	"context"

	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"

	"github.com/zeromicro/go-zero/core/logx"
)

// DeleteInviteLogic serves one call.
type DeleteInviteLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewDeleteInviteLogic is called by the handler for every call.
func NewDeleteInviteLogic(ctx context.Context, svcCtx *svc.ServiceContext) *DeleteInviteLogic {
	return &DeleteInviteLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// DeleteInvite ends an invite.
func (l *DeleteInviteLogic) DeleteInvite(req *types.InvitePath) error {
	return nil
}
