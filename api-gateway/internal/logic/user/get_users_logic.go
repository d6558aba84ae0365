// Code scaffolded by goctl. Safe to edit.

package user

import (
	"context"
	"fmt"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/api-gateway/internal/input"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/api-gateway/internal/view"
	"im-backend/common/proto/gen/userpb"
)

// GetUsersLogic serves one call.
type GetUsersLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewGetUsersLogic is called by the handler for every call.
func NewGetUsersLogic(ctx context.Context, svcCtx *svc.ServiceContext) *GetUsersLogic {
	return &GetUsersLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// GetUsers answers the public profiles of several users, of those that exist.
func (l *GetUsersLogic) GetUsers(req *types.GetUsersRequest) (*types.UserList, error) {
	ids, err := input.IDList("ids", req.Ids)
	if err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Users.BatchGetUsers(l.ctx, &userpb.BatchGetUsersRequest{UserIds: ids, WithDeleted: true})
	if err != nil {
		return nil, fmt.Errorf("get users: %w", err)
	}
	return &types.UserList{Items: view.List(got.GetUsers(), view.User)}, nil
}
