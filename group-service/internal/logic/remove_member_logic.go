package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/svc"
)

// RemoveMemberLogic serves one call.
type RemoveMemberLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewRemoveMemberLogic is called by the generated server for every call.
func NewRemoveMemberLogic(ctx context.Context, svcCtx *svc.ServiceContext) *RemoveMemberLogic {
	return &RemoveMemberLogic{ctx: ctx, svcCtx: svcCtx}
}

// RemoveMember kicks a member of a lower role. Errors: GROUP_NOT_FOUND, NOT_GROUP_ADMIN, FORBIDDEN, USER_NOT_FOUND.
func (l *RemoveMemberLogic) RemoveMember(in *grouppb.RemoveMemberRequest) (*grouppb.RemoveMemberResponse, error) {
	err := l.svcCtx.Groups.Kick(l.ctx, model.GroupID(in.GetGroupId()), model.UserID(in.GetUserId()), model.UserID(in.GetMemberId()))
	if err != nil {
		return nil, err
	}
	return &grouppb.RemoveMemberResponse{}, nil
}
