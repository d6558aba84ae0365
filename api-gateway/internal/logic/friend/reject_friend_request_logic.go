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

// RejectFriendRequestLogic serves one call.
type RejectFriendRequestLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewRejectFriendRequestLogic is called by the handler for every call.
func NewRejectFriendRequestLogic(ctx context.Context, svcCtx *svc.ServiceContext) *RejectFriendRequestLogic {
	return &RejectFriendRequestLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// RejectFriendRequest rejects a friend request.
func (l *RejectFriendRequestLogic) RejectFriendRequest(req *types.FriendRequestPath) (*types.FriendRequest, error) {
	id, err := input.PathID(req.Id, errs.ErrRequestNotFound)
	if err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Friends.RejectRequest(l.ctx, &friendpb.RejectRequestRequest{
		UserId: caller.UserID(l.ctx), RequestId: id,
	})
	if err != nil {
		return nil, fmt.Errorf("reject friend request: %w", err)
	}
	request := view.FriendRequest(got.GetRequest())
	return &request, nil
}
