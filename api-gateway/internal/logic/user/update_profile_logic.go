// Code scaffolded by goctl. Safe to edit.

package user

import (
	"context"
	"fmt"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/api-gateway/internal/caller"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/api-gateway/internal/view"
	"im-backend/common/proto/gen/userpb"
)

// UpdateProfileLogic serves one call.
type UpdateProfileLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewUpdateProfileLogic is called by the handler for every call.
func NewUpdateProfileLogic(ctx context.Context, svcCtx *svc.ServiceContext) *UpdateProfileLogic {
	return &UpdateProfileLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// UpdateProfile changes the fields that are present.
func (l *UpdateProfileLogic) UpdateProfile(req *types.UpdateProfileRequest) (*types.Profile, error) {
	got, err := l.svcCtx.Users.UpdateProfile(l.ctx, &userpb.UpdateProfileRequest{
		UserId: caller.UserID(l.ctx), Nickname: req.Nickname, AvatarUrl: req.AvatarUrl, Bio: req.Bio, Gender: req.Gender,
		Phone: req.Phone, Email: req.Email, Settings: settingsOf(req.Settings),
	})
	if err != nil {
		return nil, fmt.Errorf("update profile: %w", err)
	}
	return view.Profile(got.GetProfile()), nil
}
