package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/userpb"
	"im-backend/user-service/internal/svc"
)

// ChangePasswordLogic serves one call.
type ChangePasswordLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewChangePasswordLogic is called by the generated server for every call.
func NewChangePasswordLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ChangePasswordLogic {
	return &ChangePasswordLogic{ctx: ctx, svcCtx: svcCtx}
}

// ChangePassword sets another password; repeating a change that was made succeeds.
func (l *ChangePasswordLogic) ChangePassword(in *userpb.ChangePasswordRequest) (*userpb.ChangePasswordResponse, error) {
	version, err := l.svcCtx.Accounts.ChangePassword(l.ctx, model.UserID(in.GetUserId()), in.GetSessionId(), in.GetOldPassword(), in.GetNewPassword())
	if err != nil {
		return nil, err
	}
	return &userpb.ChangePasswordResponse{PasswordVersion: version}, nil
}
