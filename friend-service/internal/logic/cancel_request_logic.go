package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/friendpb"
	"im-backend/friend-service/internal/svc"
)

// CancelRequestLogic serves one call.
type CancelRequestLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewCancelRequestLogic is called by the generated server for every call.
func NewCancelRequestLogic(ctx context.Context, svcCtx *svc.ServiceContext) *CancelRequestLogic {
	return &CancelRequestLogic{ctx: ctx, svcCtx: svcCtx}
}

// CancelRequest takes one's own request back. Errors: REQUEST_NOT_FOUND, REQUEST_ALREADY_HANDLED.
func (l *CancelRequestLogic) CancelRequest(in *friendpb.CancelRequestRequest) (*friendpb.CancelRequestResponse, error) {
	r, err := l.svcCtx.Friendships.Cancel(l.ctx, model.UserID(in.GetUserId()), in.GetRequestId())
	if err != nil {
		return nil, err
	}
	return &friendpb.CancelRequestResponse{Request: requestPB(r)}, nil
}
