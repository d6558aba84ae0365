package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/friendpb"
	"im-backend/friend-service/internal/friendship"
	"im-backend/friend-service/internal/svc"
)

// ListRequestsLogic serves one call.
type ListRequestsLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListRequestsLogic is called by the generated server for every call.
func NewListRequestsLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListRequestsLogic {
	return &ListRequestsLogic{ctx: ctx, svcCtx: svcCtx}
}

// ListRequests lists the caller's requests, the newest first.
func (l *ListRequestsLogic) ListRequests(in *friendpb.ListRequestsRequest) (*friendpb.ListRequestsResponse, error) {
	requests, next, err := l.svcCtx.Friendships.Requests(l.ctx, friendship.RequestList{
		User: model.UserID(in.GetUserId()), Outgoing: in.GetOutgoing(), Status: friendship.Status(in.GetStatus()),
		Limit: in.GetLimit(), Cursor: in.GetCursor(),
	})
	if err != nil {
		return nil, err
	}
	resp := &friendpb.ListRequestsResponse{NextCursor: next}
	for _, r := range requests {
		resp.Requests = append(resp.Requests, requestPB(r))
	}
	return resp, nil
}
