package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/svc"
)

// BanUserLogic serves one call.
type BanUserLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewBanUserLogic is called by the generated server for every call.
func NewBanUserLogic(ctx context.Context, svcCtx *svc.ServiceContext) *BanUserLogic {
	return &BanUserLogic{ctx: ctx, svcCtx: svcCtx}
}

// BanUser keeps a user of a lower role, a member or not, out of the group. Errors: GROUP_NOT_FOUND, NOT_GROUP_ADMIN, FORBIDDEN,
// USER_NOT_FOUND.
func (l *BanUserLogic) BanUser(in *grouppb.BanUserRequest) (*grouppb.BanUserResponse, error) {
	if err := l.svcCtx.Groups.Ban(l.ctx, model.GroupID(in.GetGroupId()), model.UserID(in.GetUserId()), model.UserID(in.GetTargetId())); err != nil {
		return nil, err
	}
	return &grouppb.BanUserResponse{}, nil
}
