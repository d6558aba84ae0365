package logic

import (
	"context"

	"im-backend/common/proto/gen/userpb"
	"im-backend/user-service/internal/account"
	"im-backend/user-service/internal/svc"
)

// RegisterLogic serves one call.
type RegisterLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewRegisterLogic is called by the generated server for every call.
func NewRegisterLogic(ctx context.Context, svcCtx *svc.ServiceContext) *RegisterLogic {
	return &RegisterLogic{ctx: ctx, svcCtx: svcCtx}
}

// Register creates an account. Errors: INVALID_ARGUMENT, USERNAME_TAKEN.
func (l *RegisterLogic) Register(in *userpb.RegisterRequest) (*userpb.RegisterResponse, error) {
	user, err := l.svcCtx.Accounts.Register(l.ctx, account.Registration{
		Username: in.GetUsername(), Password: in.GetPassword(), Nickname: in.GetNickname(),
	})
	if err != nil {
		return nil, err
	}
	return &userpb.RegisterResponse{User: userOf(user)}, nil
}
