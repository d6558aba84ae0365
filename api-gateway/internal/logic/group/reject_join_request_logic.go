// Code scaffolded by goctl. Safe to edit.

package group

import (
	"context"

	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"

	"github.com/zeromicro/go-zero/core/logx"
)

// RejectJoinRequestLogic serves one call.
type RejectJoinRequestLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewRejectJoinRequestLogic is called by the handler for every call.
func NewRejectJoinRequestLogic(ctx context.Context, svcCtx *svc.ServiceContext) *RejectJoinRequestLogic {
	return &RejectJoinRequestLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// RejectJoinRequest declines a request to join.
func (l *RejectJoinRequestLogic) RejectJoinRequest(req *types.JoinRequestPath) (resp *types.JoinRequest, err error) {
	return
}
