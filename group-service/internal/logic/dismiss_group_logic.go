package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/svc"
)

// DismissGroupLogic serves one call.
type DismissGroupLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewDismissGroupLogic is called by the generated server for every call.
func NewDismissGroupLogic(ctx context.Context, svcCtx *svc.ServiceContext) *DismissGroupLogic {
	return &DismissGroupLogic{ctx: ctx, svcCtx: svcCtx}
}

// DismissGroup ends a group; its history stays readable. Errors: GROUP_NOT_FOUND, NOT_GROUP_OWNER.
func (l *DismissGroupLogic) DismissGroup(in *grouppb.DismissGroupRequest) (*grouppb.DismissGroupResponse, error) {
	err := l.svcCtx.Groups.Dismiss(l.ctx, model.GroupID(in.GetGroupId()), model.UserID(in.GetUserId()))
	if err != nil {
		return nil, err
	}
	return &grouppb.DismissGroupResponse{}, nil
}
