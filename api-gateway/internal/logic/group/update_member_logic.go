// Code scaffolded by goctl. Safe to edit.

package group

import (
	"context"

	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"

	"github.com/zeromicro/go-zero/core/logx"
)

// UpdateMemberLogic serves one call.
type UpdateMemberLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewUpdateMemberLogic is called by the handler for every call.
func NewUpdateMemberLogic(ctx context.Context, svcCtx *svc.ServiceContext) *UpdateMemberLogic {
	return &UpdateMemberLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// UpdateMember changes a member's role, nickname or mute.
func (l *UpdateMemberLogic) UpdateMember(req *types.UpdateMemberRequest) (resp *types.Member, err error) {
	return
}
