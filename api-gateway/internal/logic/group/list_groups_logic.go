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
)

// ListGroupsLogic serves one call.
type ListGroupsLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListGroupsLogic is called by the handler for every call.
func NewListGroupsLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListGroupsLogic {
	return &ListGroupsLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// ListGroups lists the caller's groups.
func (l *ListGroupsLogic) ListGroups(req *types.ListGroupsRequest) (*types.GroupList, error) {
	limit, err := input.Limit(req.Limit)
	if err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Groups.ListGroups(l.ctx, &grouppb.ListGroupsRequest{
		UserId: caller.UserID(l.ctx), Limit: limit, Cursor: req.Cursor,
	})
	if err != nil {
		return nil, fmt.Errorf("list groups: %w", err)
	}
	return &types.GroupList{Items: view.List(got.GetGroups(), view.Group), NextCursor: got.GetNextCursor()}, nil
}
