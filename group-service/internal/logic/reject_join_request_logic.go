package logic

import (
	"context"
	"errors"

	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/svc"
)

// RejectJoinRequestLogic serves one call.
type RejectJoinRequestLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewRejectJoinRequestLogic is called by the generated server for every call.
func NewRejectJoinRequestLogic(ctx context.Context, svcCtx *svc.ServiceContext) *RejectJoinRequestLogic {
	return &RejectJoinRequestLogic{ctx: ctx, svcCtx: svcCtx}
}

// RejectJoinRequest declines. Errors: GROUP_NOT_FOUND, NOT_GROUP_ADMIN, REQUEST_NOT_FOUND, REQUEST_ALREADY_HANDLED.
func (l *RejectJoinRequestLogic) RejectJoinRequest(in *grouppb.RejectJoinRequestRequest) (*grouppb.RejectJoinRequestResponse, error) {
	return nil, errors.ErrUnsupported
}
