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

// RegisterLogic serves one call.
type RegisterLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewRegisterLogic is called by the handler for every call.
func NewRegisterLogic(ctx context.Context, svcCtx *svc.ServiceContext) *RegisterLogic {
	return &RegisterLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// Register creates an account and signs its first device in. The device is checked before the account is made, so that a bad
// one does not leave an account behind.
func (l *RegisterLogic) Register(req *types.RegisterRequest) (*types.RegisterResponse, error) {
	if err := input.Device(req.Device); err != nil {
		return nil, err
	}
	var made *userpb.RegisterResponse
	err := attempt.Make(l.ctx, l.svcCtx.Auth, attempt.Register(l.ctx), func() (err error) {
		made, err = l.svcCtx.Users.Register(l.ctx, &userpb.RegisterRequest{
			Username: req.Username, Password: req.Password, Nickname: req.Nickname,
		})
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("register: %w", err)
	}
	signed, err := signIn(l.ctx, l.svcCtx, made.GetUser(), 0, req.Device)
	if err != nil {
		return nil, err
	}
	return &types.RegisterResponse{User: signed.User, Session: signed.Session, Tokens: signed.Tokens}, nil
}
