package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/userpb"
	"im-backend/user-service/internal/svc"
)

// SetBannedLogic serves one call.
type SetBannedLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewSetBannedLogic is called by the generated server for every call.
func NewSetBannedLogic(ctx context.Context, svcCtx *svc.ServiceContext) *SetBannedLogic {
	return &SetBannedLogic{ctx: ctx, svcCtx: svcCtx}
}

// SetBanned bans a user, or lets it in again; doing so twice is no error.
func (l *SetBannedLogic) SetBanned(in *userpb.SetBannedRequest) (*userpb.SetBannedResponse, error) {
	version, err := l.svcCtx.Accounts.SetBanned(l.ctx, model.UserID(in.GetUserId()), in.GetBanned())
	if err != nil {
		return nil, err
	}
	return &userpb.SetBannedResponse{PasswordVersion: version}, nil
}
