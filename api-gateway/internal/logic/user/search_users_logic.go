// Code scaffolded by goctl. Safe to edit.

package user

import (
	"context"
	"fmt"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/api-gateway/internal/caller"
	"im-backend/api-gateway/internal/input"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/api-gateway/internal/view"
	"im-backend/common/proto/gen/userpb"
)

// SearchUsersLogic serves one call.
type SearchUsersLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewSearchUsersLogic is called by the handler for every call.
func NewSearchUsersLogic(ctx context.Context, svcCtx *svc.ServiceContext) *SearchUsersLogic {
	return &SearchUsersLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// SearchUsers finds users.
func (l *SearchUsersLogic) SearchUsers(req *types.SearchUsersRequest) (*types.UserList, error) {
	limit, err := input.Limit(req.Limit)
	if err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Users.SearchUsers(l.ctx, &userpb.SearchUsersRequest{
		UserId: caller.UserID(l.ctx), Query: req.Q, Limit: limit, Cursor: req.Cursor,
	})
	if err != nil {
		return nil, fmt.Errorf("search users: %w", err)
	}
	return &types.UserList{Items: view.List(got.GetUsers(), view.User), NextCursor: got.GetNextCursor()}, nil
}
