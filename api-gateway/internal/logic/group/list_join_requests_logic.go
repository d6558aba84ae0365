// Code scaffolded by goctl. Safe to edit.

package group

import (
	"context"

	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"

	"github.com/zeromicro/go-zero/core/logx"
)

// ListJoinRequestsLogic serves one call.
type ListJoinRequestsLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListJoinRequestsLogic is called by the handler for every call.
func NewListJoinRequestsLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListJoinRequestsLogic {
	return &ListJoinRequestsLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// ListJoinRequests lists the requests to join a group.
func (l *ListJoinRequestsLogic) ListJoinRequests(req *types.ListJoinRequestsRequest) (resp *types.JoinRequestList, err error) {
	return
}
