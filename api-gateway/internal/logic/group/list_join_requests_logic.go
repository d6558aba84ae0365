// Code scaffolded by goctl. Safe to edit.

package group

import (
	"context"
	"fmt"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/api-gateway/internal/caller"
	"im-backend/api-gateway/internal/input"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/api-gateway/internal/view"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/common/utils/errs"
)

// ListJoinRequestsLogic serves one call.
type ListJoinRequestsLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListJoinRequestsLogic is called by the handler for every call.
func NewListJoinRequestsLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListJoinRequestsLogic {
	return &ListJoinRequestsLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// ListJoinRequests lists the requests to join a group.
func (l *ListJoinRequestsLogic) ListJoinRequests(req *types.ListJoinRequestsRequest) (*types.JoinRequestList, error) {
	id, err := input.PathID(req.GroupId, errs.ErrGroupNotFound)
	if err != nil {
		return nil, err
	}
	limit, err := input.Limit(req.Limit)
	if err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Groups.ListJoinRequests(l.ctx, &grouppb.ListJoinRequestsRequest{
		UserId: caller.UserID(l.ctx), GroupId: id, Status: req.Status, Limit: limit, Cursor: req.Cursor,
	})
	if err != nil {
		return nil, fmt.Errorf("list join requests: %w", err)
	}
	return &types.JoinRequestList{Items: view.List(got.GetRequests(), view.JoinRequest), NextCursor: got.GetNextCursor()}, nil
}
