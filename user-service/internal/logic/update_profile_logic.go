package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/userpb"
	"im-backend/user-service/internal/svc"
)

// UpdateProfileLogic serves one call.
type UpdateProfileLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewUpdateProfileLogic is called by the generated server for every call.
func NewUpdateProfileLogic(ctx context.Context, svcCtx *svc.ServiceContext) *UpdateProfileLogic {
	return &UpdateProfileLogic{ctx: ctx, svcCtx: svcCtx}
}

// UpdateProfile changes the fields that are present. Errors: INVALID_ARGUMENT, USER_NOT_FOUND.
func (l *UpdateProfileLogic) UpdateProfile(in *userpb.UpdateProfileRequest) (*userpb.UpdateProfileResponse, error) {
	profile, err := l.svcCtx.Accounts.UpdateProfile(l.ctx, model.UserID(in.GetUserId()), changeOf(in))
	if err != nil {
		return nil, err
	}
	return &userpb.UpdateProfileResponse{Profile: profileOf(profile)}, nil
}
