// Code scaffolded by goctl. Safe to edit.

package group

import (
	"context"

	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"

	"github.com/zeromicro/go-zero/core/logx"
)

// ListBansLogic serves one call.
type ListBansLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListBansLogic is called by the handler for every call.
func NewListBansLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListBansLogic {
	return &ListBansLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// ListBans lists the users who are banned from a group.
func (l *ListBansLogic) ListBans(req *types.ListBansRequest) (resp *types.BanList, err error) {
	return
}
