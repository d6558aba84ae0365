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
	"im-backend/common/utils/errs"
)

// AcceptFriendRequestLogic serves one call.
type AcceptFriendRequestLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewAcceptFriendRequestLogic is called by the handler for every call.
func NewAcceptFriendRequestLogic(ctx context.Context, svcCtx *svc.ServiceContext) *AcceptFriendRequestLogic {
	return &AcceptFriendRequestLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// AcceptFriendRequest accepts a friend request.
func (l *AcceptFriendRequestLogic) AcceptFriendRequest(req *types.AcceptFriendRequestRequest) (*types.FriendRequest, error) {
	id, err := input.PathID(req.Id, errs.ErrRequestNotFound)
	if err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Friends.AcceptRequest(l.ctx, &friendpb.AcceptRequestRequest{
		UserId: caller.UserID(l.ctx), RequestId: id, Remark: req.Remark,
	})
	if err != nil {
		return nil, fmt.Errorf("accept friend request: %w", err)
	}
	request := view.FriendRequest(got.GetRequest())
	return &request, nil
}
