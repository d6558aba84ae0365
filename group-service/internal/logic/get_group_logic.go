package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/svc"
)

// GetGroupLogic serves one call.
type GetGroupLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewGetGroupLogic is called by the generated server for every call.
func NewGetGroupLogic(ctx context.Context, svcCtx *svc.ServiceContext) *GetGroupLogic {
	return &GetGroupLogic{ctx: ctx, svcCtx: svcCtx}
}

// GetGroup answers a group as the caller sees it. Errors: GROUP_NOT_FOUND.
func (l *GetGroupLogic) GetGroup(in *grouppb.GetGroupRequest) (*grouppb.GetGroupResponse, error) {
	group, err := l.svcCtx.Groups.Get(l.ctx, model.GroupID(in.GetGroupId()), model.UserID(in.GetUserId()))
	if err != nil {
		return nil, err
	}
	return &grouppb.GetGroupResponse{Group: membershipPB(group)}, nil
}
