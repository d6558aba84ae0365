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

// UpdateGroupLogic serves one call.
type UpdateGroupLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewUpdateGroupLogic is called by the handler for every call.
func NewUpdateGroupLogic(ctx context.Context, svcCtx *svc.ServiceContext) *UpdateGroupLogic {
	return &UpdateGroupLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// UpdateGroup changes the fields that are present.
func (l *UpdateGroupLogic) UpdateGroup(req *types.UpdateGroupRequest) (*types.Group, error) {
	id, err := input.PathID(req.GroupId, errs.ErrGroupNotFound)
	if err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Groups.UpdateGroup(l.ctx, &grouppb.UpdateGroupRequest{
		UserId: caller.UserID(l.ctx), GroupId: id, Name: req.Name, AvatarUrl: req.AvatarUrl, JoinPolicy: req.JoinPolicy,
		HistoryVisible: req.HistoryVisible, InviteRole: req.InviteRole, EditRole: req.EditRole, MentionAllRole: req.MentionAllRole,
		SlowModeSeconds: req.SlowModeSeconds, Announcement: req.Announcement,
	})
	if err != nil {
		return nil, fmt.Errorf("update group: %w", err)
	}
	group := view.Group(got.GetGroup())
	return &group, nil
}
