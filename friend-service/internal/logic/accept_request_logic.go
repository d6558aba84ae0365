package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/friendpb"
	"im-backend/friend-service/internal/svc"
)

// AcceptRequestLogic serves one call.
type AcceptRequestLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewAcceptRequestLogic is called by the generated server for every call.
func NewAcceptRequestLogic(ctx context.Context, svcCtx *svc.ServiceContext) *AcceptRequestLogic {
	return &AcceptRequestLogic{ctx: ctx, svcCtx: svcCtx}
}

// AcceptRequest makes both friends. Errors: REQUEST_NOT_FOUND, REQUEST_ALREADY_HANDLED, USER_NOT_FOUND, BLOCKED.
func (l *AcceptRequestLogic) AcceptRequest(in *friendpb.AcceptRequestRequest) (*friendpb.AcceptRequestResponse, error) {
	r, err := l.svcCtx.Friendships.Accept(l.ctx, model.UserID(in.GetUserId()), in.GetRequestId(), in.GetRemark())
	if err != nil {
		return nil, err
	}
	return &friendpb.AcceptRequestResponse{Request: requestPB(r)}, nil
}
