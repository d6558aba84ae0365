package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/userpb"
	"im-backend/user-service/internal/svc"
)

// GetProfileLogic serves one call.
type GetProfileLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewGetProfileLogic is called by the generated server for every call.
func NewGetProfileLogic(ctx context.Context, svcCtx *svc.ServiceContext) *GetProfileLogic {
	return &GetProfileLogic{ctx: ctx, svcCtx: svcCtx}
}

// GetProfile answers the caller's own profile, private fields included. Errors: USER_NOT_FOUND.
func (l *GetProfileLogic) GetProfile(in *userpb.GetProfileRequest) (*userpb.GetProfileResponse, error) {
	profile, err := l.svcCtx.Accounts.Profile(l.ctx, model.UserID(in.GetUserId()))
	if err != nil {
		return nil, err
	}
	return &userpb.GetProfileResponse{Profile: profileOf(profile)}, nil
}
