package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/userpb"
	"im-backend/user-service/internal/svc"
)

// DeleteAccountLogic serves one call.
type DeleteAccountLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewDeleteAccountLogic is called by the generated server for every call.
func NewDeleteAccountLogic(ctx context.Context, svcCtx *svc.ServiceContext) *DeleteAccountLogic {
	return &DeleteAccountLogic{ctx: ctx, svcCtx: svcCtx}
}

// DeleteAccount ends an account for good and wipes what is personal; of one that is deleted it succeeds again.
func (l *DeleteAccountLogic) DeleteAccount(in *userpb.DeleteAccountRequest) (*userpb.DeleteAccountResponse, error) {
	if err := l.svcCtx.Accounts.Delete(l.ctx, model.UserID(in.GetUserId()), in.GetPassword()); err != nil {
		return nil, err
	}
	return &userpb.DeleteAccountResponse{}, nil
}
