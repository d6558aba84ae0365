// Code scaffolded by goctl. Safe to edit.

package group

import (
	"context"

	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"

	"github.com/zeromicro/go-zero/core/logx"
)

// AcceptJoinRequestLogic serves one call.
type AcceptJoinRequestLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewAcceptJoinRequestLogic is called by the handler for every call.
func NewAcceptJoinRequestLogic(ctx context.Context, svcCtx *svc.ServiceContext) *AcceptJoinRequestLogic {
	return &AcceptJoinRequestLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// AcceptJoinRequest makes the asker a member.
func (l *AcceptJoinRequestLogic) AcceptJoinRequest(req *types.JoinRequestPath) (resp *types.JoinRequest, err error) {
	return
}
