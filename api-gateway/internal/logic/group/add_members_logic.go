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

// AddMembersLogic serves one call.
type AddMembersLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewAddMembersLogic is called by the handler for every call.
func NewAddMembersLogic(ctx context.Context, svcCtx *svc.ServiceContext) *AddMembersLogic {
	return &AddMembersLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// AddMembers adds users to a group.
func (l *AddMembersLogic) AddMembers(req *types.AddMembersRequest) (*types.AddMembersResponse, error) {
	id, err := input.PathID(req.GroupId, errs.ErrGroupNotFound)
	if err != nil {
		return nil, err
	}
	users, err := input.IDs("userIds", req.UserIds)
	if err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Groups.AddMembers(l.ctx, &grouppb.AddMembersRequest{
		UserId: caller.UserID(l.ctx), GroupId: id, UserIds: users,
	})
	if err != nil {
		return nil, fmt.Errorf("add members: %w", err)
	}
	return &types.AddMembersResponse{
		Added: view.List(got.GetAdded(), view.ID), Failed: view.List(got.GetFailed(), view.AddFailure),
	}, nil
}
