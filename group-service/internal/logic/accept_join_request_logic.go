package logic

import (
	"context"

	"im-backend/common/model"
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

// AcceptJoinRequest makes the asker a member. Errors: GROUP_NOT_FOUND, NOT_GROUP_ADMIN, REQUEST_NOT_FOUND, REQUEST_ALREADY_HANDLED,
// GROUP_FULL, GROUP_LIMIT_REACHED.
func (l *AcceptJoinRequestLogic) AcceptJoinRequest(in *grouppb.AcceptJoinRequestRequest) (*grouppb.AcceptJoinRequestResponse, error) {
	r, err := l.svcCtx.Groups.AcceptRequest(l.ctx, model.GroupID(in.GetGroupId()), model.UserID(in.GetUserId()), in.GetRequestId())
	if err != nil {
		return nil, err
	}
	return &grouppb.AcceptJoinRequestResponse{Request: requestPB(r)}, nil
}
