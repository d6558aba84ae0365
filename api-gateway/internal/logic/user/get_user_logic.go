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
	"im-backend/common/utils/errs"
)

// GetUserLogic serves one call.
type GetUserLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewGetUserLogic is called by the handler for every call.
func NewGetUserLogic(ctx context.Context, svcCtx *svc.ServiceContext) *GetUserLogic {
	return &GetUserLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// GetUser answers the public profile of a user.
func (l *GetUserLogic) GetUser(req *types.UserPath) (*types.User, error) {
	id, err := input.PathID(req.UserId, errs.ErrUserNotFound)
	if err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Users.BatchGetUsers(l.ctx, &userpb.BatchGetUsersRequest{UserIds: []int64{id}, WithDeleted: true})
	if err != nil {
		return nil, fmt.Errorf("get user: %w", err)
	}
	if len(got.GetUsers()) == 0 {
		return nil, errs.ErrUserNotFound
	}
	user := view.User(got.GetUsers()[0])
	return &user, nil
}
