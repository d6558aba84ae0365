// Code scaffolded by goctl. Safe to edit.

package friend

import (
	"context"
	"fmt"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/api-gateway/internal/caller"
	"im-backend/api-gateway/internal/input"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/api-gateway/internal/view"
	"im-backend/common/proto/gen/friendpb"
)

// CreateFriendRequestLogic serves one call.
type CreateFriendRequestLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewCreateFriendRequestLogic is called by the handler for every call.
func NewCreateFriendRequestLogic(ctx context.Context, svcCtx *svc.ServiceContext) *CreateFriendRequestLogic {
	return &CreateFriendRequestLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// CreateFriendRequest asks another user to be friends.
func (l *CreateFriendRequestLogic) CreateFriendRequest(req *types.CreateFriendRequestRequest) (*types.CreatedFriendRequest, error) {
	to, err := input.ID("toUserId", req.ToUserId)
	if err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Friends.CreateRequest(l.ctx, &friendpb.CreateRequestRequest{
		UserId: caller.UserID(l.ctx), ToUserId: to, Message: req.Message,
	})
	if err != nil {
		return nil, fmt.Errorf("create friend request: %w", err)
	}
	return &types.CreatedFriendRequest{FriendRequest: view.FriendRequest(got.GetRequest())}, nil
}
