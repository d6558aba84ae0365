package logic

import (
	"context"
	"errors"

	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/svc"
)

// GetMemberLogic serves one call.
type GetMemberLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewGetMemberLogic is called by the generated server for every call.
func NewGetMemberLogic(ctx context.Context, svcCtx *svc.ServiceContext) *GetMemberLogic {
	return &GetMemberLogic{ctx: ctx, svcCtx: svcCtx}
}

// GetMember answers one member. Errors: GROUP_NOT_FOUND, USER_NOT_FOUND.
func (l *GetMemberLogic) GetMember(in *grouppb.GetMemberRequest) (*grouppb.GetMemberResponse, error) {
	return nil, errors.ErrUnsupported
}
