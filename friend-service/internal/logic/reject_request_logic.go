package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/friendpb"
	"im-backend/friend-service/internal/svc"
)

// RejectRequestLogic serves one call.
type RejectRequestLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewRejectRequestLogic is called by the generated server for every call.
func NewRejectRequestLogic(ctx context.Context, svcCtx *svc.ServiceContext) *RejectRequestLogic {
	return &RejectRequestLogic{ctx: ctx, svcCtx: svcCtx}
}

// RejectRequest declines. Errors: REQUEST_NOT_FOUND, REQUEST_ALREADY_HANDLED.
func (l *RejectRequestLogic) RejectRequest(in *friendpb.RejectRequestRequest) (*friendpb.RejectRequestResponse, error) {
	r, err := l.svcCtx.Friendships.Reject(l.ctx, model.UserID(in.GetUserId()), in.GetRequestId())
	if err != nil {
		return nil, err
	}
	return &friendpb.RejectRequestResponse{Request: requestPB(r)}, nil
}
