package logic

import (
	"context"

	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/svc"
)

// GetInviteLogic serves one call.
type GetInviteLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewGetInviteLogic is called by the generated server for every call.
func NewGetInviteLogic(ctx context.Context, svcCtx *svc.ServiceContext) *GetInviteLogic {
	return &GetInviteLogic{ctx: ctx, svcCtx: svcCtx}
}

// GetInvite answers what the holder of a code may see of its group. Errors: NOT_FOUND.
func (l *GetInviteLogic) GetInvite(in *grouppb.GetInviteRequest) (*grouppb.GetInviteResponse, error) {
	g, err := l.svcCtx.Groups.Invited(l.ctx, in.GetCode())
	if err != nil {
		return nil, err
	}
	return &grouppb.GetInviteResponse{
		GroupId: int64(g.ID), Name: g.Name, AvatarUrl: g.AvatarURL, MemberCount: g.MemberCount, ExpiresAt: g.ExpiresAt,
	}, nil
}
