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

// GetProfileLogic serves one call.
type GetProfileLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewGetProfileLogic is called by the handler for every call.
func NewGetProfileLogic(ctx context.Context, svcCtx *svc.ServiceContext) *GetProfileLogic {
	return &GetProfileLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// GetProfile answers the caller's own profile.
func (l *GetProfileLogic) GetProfile() (*types.Profile, error) {
	got, err := l.svcCtx.Users.GetProfile(l.ctx, &userpb.GetProfileRequest{UserId: caller.UserID(l.ctx)})
	if err != nil {
		return nil, fmt.Errorf("get profile: %w", err)
	}
	return view.Profile(got.GetProfile()), nil
}
