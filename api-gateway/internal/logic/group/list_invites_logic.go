// Code scaffolded by goctl. Safe to edit.

package group

import (
	"context"

	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"

	"github.com/zeromicro/go-zero/core/logx"
)

// ListInvitesLogic serves one call.
type ListInvitesLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListInvitesLogic is called by the handler for every call.
func NewListInvitesLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListInvitesLogic {
	return &ListInvitesLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// ListInvites lists the invites of a group that may still be used.
func (l *ListInvitesLogic) ListInvites(req *types.ListInvitesRequest) (resp *types.InviteList, err error) {
	return
}
