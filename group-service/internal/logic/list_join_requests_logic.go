package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/membership"
	"im-backend/group-service/internal/svc"
)

// ListJoinRequestsLogic serves one call.
type ListJoinRequestsLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListJoinRequestsLogic is called by the generated server for every call.
func NewListJoinRequestsLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListJoinRequestsLogic {
	return &ListJoinRequestsLogic{ctx: ctx, svcCtx: svcCtx}
}

// ListJoinRequests lists requests to join, the newest first. Errors: GROUP_NOT_FOUND, NOT_GROUP_ADMIN, INVALID_ARGUMENT.
func (l *ListJoinRequestsLogic) ListJoinRequests(in *grouppb.ListJoinRequestsRequest) (*grouppb.ListJoinRequestsResponse, error) {
	list, next, err := l.svcCtx.Groups.Requests(l.ctx, membership.RequestList{
		Group: model.GroupID(in.GetGroupId()), User: model.UserID(in.GetUserId()), Status: membership.RequestStatus(in.GetStatus()),
		Limit: in.GetLimit(), Cursor: in.GetCursor(),
	})
	if err != nil {
		return nil, err
	}
	return &grouppb.ListJoinRequestsResponse{Requests: mapped(list, requestPB), NextCursor: next}, nil
}
