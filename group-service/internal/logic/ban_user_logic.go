package logic

import (
	"context"
	"errors"

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
func (l *BanUserLogic) BanUser(in *grouppb.BanUserRequest) (*grouppb.BanUserResponse, error) {
	return nil, errors.ErrUnsupported
}
