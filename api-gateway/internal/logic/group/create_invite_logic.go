// Code scaffolded by goctl. Safe to edit.

package group

import (
	"context"
	"fmt"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/api-gateway/internal/caller"
	"im-backend/api-gateway/internal/input"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/api-gateway/internal/view"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/common/utils/errs"
)

// CreateInviteLogic serves one call.
type CreateInviteLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewCreateInviteLogic is called by the handler for every call.
func NewCreateInviteLogic(ctx context.Context, svcCtx *svc.ServiceContext) *CreateInviteLogic {
	return &CreateInviteLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// CreateInvite makes an invite; only this answer has its code.
func (l *CreateInviteLogic) CreateInvite(req *types.CreateInviteRequest) (*types.CreatedInvite, error) {
	id, err := input.PathID(req.GroupId, errs.ErrGroupNotFound)
	if err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Groups.CreateInvite(l.ctx, &grouppb.CreateInviteRequest{
		UserId: caller.UserID(l.ctx), GroupId: id, ExpiresIn: req.ExpiresIn, MaxUses: req.MaxUses,
	})
	if err != nil {
		return nil, fmt.Errorf("create invite: %w", err)
	}
	return &types.CreatedInvite{Invite: view.Invite(got.GetInvite()), Code: got.GetCode()}, nil
}
