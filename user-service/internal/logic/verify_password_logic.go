package logic

import (
	"context"

	"im-backend/common/proto/gen/userpb"
	"im-backend/user-service/internal/svc"
)

// VerifyPasswordLogic serves one call.
type VerifyPasswordLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewVerifyPasswordLogic is called by the generated server for every call.
func NewVerifyPasswordLogic(ctx context.Context, svcCtx *svc.ServiceContext) *VerifyPasswordLogic {
	return &VerifyPasswordLogic{ctx: ctx, svcCtx: svcCtx}
}

// VerifyPassword answers the account when the password is right. An unknown user and a wrong password cost the same
func (l *VerifyPasswordLogic) VerifyPassword(in *userpb.VerifyPasswordRequest) (*userpb.VerifyPasswordResponse, error) {
	user, version, err := l.svcCtx.Accounts.VerifyPassword(l.ctx, in.GetUsername(), in.GetPassword())
	if err != nil {
		return nil, err
	}
	return &userpb.VerifyPasswordResponse{User: userOf(user), PasswordVersion: version}, nil
}
