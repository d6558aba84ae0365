package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/svc"
)

// JoinGroupLogic serves one call.
type JoinGroupLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewJoinGroupLogic is called by the generated server for every call.
func NewJoinGroupLogic(ctx context.Context, svcCtx *svc.ServiceContext) *JoinGroupLogic {
	return &JoinGroupLogic{ctx: ctx, svcCtx: svcCtx}
}

// JoinGroup joins an open group, or asks to join one that approves. Errors: GROUP_NOT_FOUND, FORBIDDEN, ALREADY_MEMBER, GROUP_FULL,
// GROUP_LIMIT_REACHED, INVALID_ARGUMENT.
func (l *JoinGroupLogic) JoinGroup(in *grouppb.JoinGroupRequest) (*grouppb.JoinGroupResponse, error) {
	joined, err := l.svcCtx.Groups.Join(l.ctx, model.GroupID(in.GetGroupId()), model.UserID(in.GetUserId()), in.GetMessage())
	if err != nil {
		return nil, err
	}
	if joined.Asked {
		return &grouppb.JoinGroupResponse{Outcome: &grouppb.JoinGroupResponse_Asked{Asked: requestPB(joined.Request)}}, nil
	}
	return &grouppb.JoinGroupResponse{Outcome: &grouppb.JoinGroupResponse_Joined{Joined: membershipPB(joined.Membership)}}, nil
}
