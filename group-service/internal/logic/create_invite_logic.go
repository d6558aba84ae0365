package logic

import (
	"context"
	"errors"

	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/svc"
)

// CreateInviteLogic serves one call.
type CreateInviteLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewCreateInviteLogic is called by the generated server for every call.
func NewCreateInviteLogic(ctx context.Context, svcCtx *svc.ServiceContext) *CreateInviteLogic {
	return &CreateInviteLogic{ctx: ctx, svcCtx: svcCtx}
}

// CreateInvite makes an invite; only its answer has the code. Errors: GROUP_NOT_FOUND, NOT_GROUP_ADMIN, INVALID_ARGUMENT,
func (l *CreateInviteLogic) CreateInvite(in *grouppb.CreateInviteRequest) (*grouppb.CreateInviteResponse, error) {
	return nil, errors.ErrUnsupported
}
