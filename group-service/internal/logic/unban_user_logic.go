package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/svc"
)

// UnbanUserLogic serves one call.
type UnbanUserLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewUnbanUserLogic is called by the generated server for every call.
func NewUnbanUserLogic(ctx context.Context, svcCtx *svc.ServiceContext) *UnbanUserLogic {
	return &UnbanUserLogic{ctx: ctx, svcCtx: svcCtx}
}

// UnbanUser lets a user join again; there being no ban is no error. Errors: GROUP_NOT_FOUND, NOT_GROUP_ADMIN.
func (l *UnbanUserLogic) UnbanUser(in *grouppb.UnbanUserRequest) (*grouppb.UnbanUserResponse, error) {
	if err := l.svcCtx.Groups.Unban(l.ctx, model.GroupID(in.GetGroupId()), model.UserID(in.GetUserId()), model.UserID(in.GetTargetId())); err != nil {
		return nil, err
	}
	return &grouppb.UnbanUserResponse{}, nil
}
