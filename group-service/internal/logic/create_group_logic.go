package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/membership"
	"im-backend/group-service/internal/svc"
)

// CreateGroupLogic serves one call.
type CreateGroupLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewCreateGroupLogic is called by the generated server for every call.
func NewCreateGroupLogic(ctx context.Context, svcCtx *svc.ServiceContext) *CreateGroupLogic {
	return &CreateGroupLogic{ctx: ctx, svcCtx: svcCtx}
}

// CreateGroup makes a group with the caller as owner. Errors: INVALID_ARGUMENT, USER_NOT_FOUND.
func (l *CreateGroupLogic) CreateGroup(in *grouppb.CreateGroupRequest) (*grouppb.CreateGroupResponse, error) {
	group, err := l.svcCtx.Groups.Create(l.ctx, membership.Draft{
		Owner: model.UserID(in.GetUserId()), Name: in.GetName(), Members: userIDs(in.GetMemberIds()),
		AvatarURL: in.GetAvatarUrl(), JoinPolicy: in.GetJoinPolicy(), HistoryVisible: in.GetHistoryVisible(),
		InviteRole: in.GetInviteRole(), EditRole: in.GetEditRole(), MentionAllRole: in.GetMentionAllRole(),
		SlowModeSeconds: in.GetSlowModeSeconds(),
	})
	if err != nil {
		return nil, err
	}
	return &grouppb.CreateGroupResponse{Group: membershipPB(group.Membership), Failed: mapped(group.Failed, failurePB)}, nil
}
