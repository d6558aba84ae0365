// Code scaffolded by goctl. Safe to edit.

package auth

import (
	"context"
	"fmt"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/api-gateway/internal/attempt"
	"im-backend/api-gateway/internal/input"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/common/proto/gen/userpb"
)

// LoginLogic serves one call.
type LoginLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewLoginLogic is called by the handler for every call.
func NewLoginLogic(ctx context.Context, svcCtx *svc.ServiceContext) *LoginLogic {
	return &LoginLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// Login signs a device in.
func (l *LoginLogic) Login(req *types.LoginRequest) (*types.LoginResponse, error) {
	if err := input.Device(req.Device); err != nil {
		return nil, err
	}
	var got *userpb.VerifyPasswordResponse
	err := attempt.Make(l.ctx, l.svcCtx.Auth, attempt.Login(l.ctx, req.Username), func() (err error) {
		got, err = l.svcCtx.Users.VerifyPassword(l.ctx, &userpb.VerifyPasswordRequest{
			Username: req.Username, Password: req.Password,
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("login: %w", err)
	}
	return signIn(l.ctx, l.svcCtx, got.GetUser(), got.GetPasswordVersion(), req.Device)
}
