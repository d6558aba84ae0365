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

// CancelFriendRequestLogic serves one call.
type CancelFriendRequestLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewCancelFriendRequestLogic is called by the handler for every call.
func NewCancelFriendRequestLogic(ctx context.Context, svcCtx *svc.ServiceContext) *CancelFriendRequestLogic {
	return &CancelFriendRequestLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// CancelFriendRequest takes the caller's own friend request back.
func (l *CancelFriendRequestLogic) CancelFriendRequest(req *types.FriendRequestPath) (*types.FriendRequest, error) {
	id, err := input.PathID(req.Id, errs.ErrRequestNotFound)
	if err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Friends.CancelRequest(l.ctx, &friendpb.CancelRequestRequest{
		UserId: caller.UserID(l.ctx), RequestId: id,
	})
	if err != nil {
		return nil, fmt.Errorf("cancel friend request: %w", err)
	}
	request := view.FriendRequest(got.GetRequest())
	return &request, nil
}
