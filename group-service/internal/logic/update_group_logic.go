package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/membership"
	"im-backend/group-service/internal/svc"
)

// UpdateGroupLogic serves one call.
type UpdateGroupLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewUpdateGroupLogic is called by the generated server for every call.
func NewUpdateGroupLogic(ctx context.Context, svcCtx *svc.ServiceContext) *UpdateGroupLogic {
	return &UpdateGroupLogic{ctx: ctx, svcCtx: svcCtx}
}

// UpdateGroup changes the fields that are present. Errors: GROUP_NOT_FOUND, NOT_GROUP_ADMIN, INVALID_ARGUMENT.
func (l *UpdateGroupLogic) UpdateGroup(in *grouppb.UpdateGroupRequest) (*grouppb.UpdateGroupResponse, error) {
	changes := membership.Changes{
		Name: in.Name, AvatarURL: in.AvatarUrl, JoinPolicy: in.JoinPolicy, HistoryVisible: in.HistoryVisible,
		InviteRole: in.InviteRole, EditRole: in.EditRole, MentionAllRole: in.MentionAllRole, SlowModeSeconds: in.SlowModeSeconds,
		Announcement: in.Announcement,
	}
	group, err := l.svcCtx.Groups.Update(l.ctx, model.GroupID(in.GetGroupId()), model.UserID(in.GetUserId()), changes)
	if err != nil {
		return nil, err
	}
	return &grouppb.UpdateGroupResponse{Group: membershipPB(group)}, nil
}
