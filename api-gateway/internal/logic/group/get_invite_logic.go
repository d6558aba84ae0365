// Code scaffolded by goctl. Safe to edit.

package group

import (
	"context"
	"fmt"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/api-gateway/internal/caller"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/api-gateway/internal/view"
	"im-backend/common/proto/gen/grouppb"
)

// GetInviteLogic serves one call.
type GetInviteLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewGetInviteLogic is called by the handler for every call.
func NewGetInviteLogic(ctx context.Context, svcCtx *svc.ServiceContext) *GetInviteLogic {
	return &GetInviteLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// GetInvite answers what the holder of a code may see of its group.
func (l *GetInviteLogic) GetInvite(req *types.InviteCodePath) (*types.InvitedGroup, error) {
	got, err := l.svcCtx.Groups.GetInvite(l.ctx, &grouppb.GetInviteRequest{UserId: caller.UserID(l.ctx), Code: req.Code})
	if err != nil {
		return nil, fmt.Errorf("get invite: %w", err)
	}
	return &types.InvitedGroup{
		GroupId: view.ID(got.GetGroupId()), Name: got.GetName(), AvatarUrl: got.GetAvatarUrl(), MemberCount: got.GetMemberCount(),
		ExpiresAt: got.GetExpiresAt(),
	}, nil
}
