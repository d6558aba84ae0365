package logic

import (
	"context"

	"im-backend/common/model"
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
	r, err := l.svcCtx.Groups.RejectRequest(l.ctx, model.GroupID(in.GetGroupId()), model.UserID(in.GetUserId()), in.GetRequestId())
	if err != nil {
		return nil, err
	}
	return &grouppb.RejectJoinRequestResponse{Request: requestPB(r)}, nil
}
