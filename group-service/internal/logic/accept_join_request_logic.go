package logic

import (
	"context"
	"errors"

	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/svc"
)

// AcceptJoinRequestLogic serves one call.
type AcceptJoinRequestLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewAcceptJoinRequestLogic is called by the generated server for every call.
func NewAcceptJoinRequestLogic(ctx context.Context, svcCtx *svc.ServiceContext) *AcceptJoinRequestLogic {
	return &AcceptJoinRequestLogic{ctx: ctx, svcCtx: svcCtx}
}

// AcceptJoinRequest makes the asker a member. Errors: GROUP_NOT_FOUND, NOT_GROUP_ADMIN, REQUEST_NOT_FOUND,
func (l *AcceptJoinRequestLogic) AcceptJoinRequest(in *grouppb.AcceptJoinRequestRequest) (*grouppb.AcceptJoinRequestResponse, error) {
	return nil, errors.ErrUnsupported
}
