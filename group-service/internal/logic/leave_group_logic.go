package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/svc"
)

// LeaveGroupLogic serves one call.
type LeaveGroupLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewLeaveGroupLogic is called by the generated server for every call.
func NewLeaveGroupLogic(ctx context.Context, svcCtx *svc.ServiceContext) *LeaveGroupLogic {
	return &LeaveGroupLogic{ctx: ctx, svcCtx: svcCtx}
}

// LeaveGroup removes the caller. The owner must hand over or dismiss first. Errors: GROUP_NOT_FOUND, FORBIDDEN.
func (l *LeaveGroupLogic) LeaveGroup(in *grouppb.LeaveGroupRequest) (*grouppb.LeaveGroupResponse, error) {
	err := l.svcCtx.Groups.Leave(l.ctx, model.GroupID(in.GetGroupId()), model.UserID(in.GetUserId()))
	if err != nil {
		return nil, err
	}
	return &grouppb.LeaveGroupResponse{}, nil
}
