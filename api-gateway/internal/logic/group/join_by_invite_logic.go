// Code scaffolded by goctl. Safe to edit.

package group

import (
	"context"

	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"

	"github.com/zeromicro/go-zero/core/logx"
)

// JoinByInviteLogic serves one call.
type JoinByInviteLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewJoinByInviteLogic is called by the handler for every call.
func NewJoinByInviteLogic(ctx context.Context, svcCtx *svc.ServiceContext) *JoinByInviteLogic {
	return &JoinByInviteLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// JoinByInvite joins a group by a code.
func (l *JoinByInviteLogic) JoinByInvite(req *types.InviteCodePath) (resp *types.Group, err error) {
	return
}
