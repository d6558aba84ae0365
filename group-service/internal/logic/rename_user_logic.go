package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/svc"
)

// RenameUserLogic serves one call.
type RenameUserLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewRenameUserLogic is called by the generated server for every call.
func NewRenameUserLogic(ctx context.Context, svcCtx *svc.ServiceContext) *RenameUserLogic {
	return &RenameUserLogic{ctx: ctx, svcCtx: svcCtx}
}

// RenameUser projects a user's own name into its memberships, for lists by name; for user-service. Idempotent.
func (l *RenameUserLogic) RenameUser(in *grouppb.RenameUserRequest) (*grouppb.RenameUserResponse, error) {
	if err := l.svcCtx.Groups.RenameUser(l.ctx, model.UserID(in.GetUserId()), in.GetName()); err != nil {
		return nil, err
	}
	return &grouppb.RenameUserResponse{}, nil
}
