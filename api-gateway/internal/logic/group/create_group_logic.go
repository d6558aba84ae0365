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
)

// CreateGroupLogic serves one call.
type CreateGroupLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewCreateGroupLogic is called by the handler for every call.
func NewCreateGroupLogic(ctx context.Context, svcCtx *svc.ServiceContext) *CreateGroupLogic {
	return &CreateGroupLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// CreateGroup makes a group with the caller as its owner.
func (l *CreateGroupLogic) CreateGroup(req *types.CreateGroupRequest) (*types.CreatedGroup, error) {
	members, err := input.IDs("memberIds", req.MemberIds)
	if err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Groups.CreateGroup(l.ctx, &grouppb.CreateGroupRequest{
		UserId: caller.UserID(l.ctx), Name: req.Name, MemberIds: members, AvatarUrl: req.AvatarUrl,
		JoinPolicy: req.JoinPolicy, HistoryVisible: req.HistoryVisible, InviteRole: req.InviteRole, EditRole: req.EditRole,
		MentionAllRole: req.MentionAllRole, SlowModeSeconds: req.SlowModeSeconds,
	})
	if err != nil {
		return nil, fmt.Errorf("create group: %w", err)
	}
	return &types.CreatedGroup{Group: view.Group(got.GetGroup()), Failed: view.List(got.GetFailed(), view.AddFailure)}, nil
}
