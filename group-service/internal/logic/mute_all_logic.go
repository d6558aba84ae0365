package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/svc"
)

// MuteAllLogic serves one call.
type MuteAllLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewMuteAllLogic is called by the generated server for every call.
func NewMuteAllLogic(ctx context.Context, svcCtx *svc.ServiceContext) *MuteAllLogic {
	return &MuteAllLogic{ctx: ctx, svcCtx: svcCtx}
}

// MuteAll lets only admins and the owner write until a time; zero ends it. Errors: GROUP_NOT_FOUND, NOT_GROUP_ADMIN.
func (l *MuteAllLogic) MuteAll(in *grouppb.MuteAllRequest) (*grouppb.MuteAllResponse, error) {
	group, err := l.svcCtx.Groups.MuteAll(l.ctx, model.GroupID(in.GetGroupId()), model.UserID(in.GetUserId()), in.GetUntil())
	if err != nil {
		return nil, err
	}
	return &grouppb.MuteAllResponse{Group: membershipPB(group)}, nil
}
