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
	"im-backend/common/proto/gen/friendpb"
	"im-backend/common/utils/errs"
)

// DeleteFriendLogic serves one call.
type DeleteFriendLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewDeleteFriendLogic is called by the handler for every call.
func NewDeleteFriendLogic(ctx context.Context, svcCtx *svc.ServiceContext) *DeleteFriendLogic {
	return &DeleteFriendLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// DeleteFriend ends a friendship.
func (l *DeleteFriendLogic) DeleteFriend(req *types.FriendPath) error {
	id, err := input.PathID(req.UserId, errs.ErrUserNotFound)
	if err != nil {
		return err
	}
	_, err = l.svcCtx.Friends.DeleteFriend(l.ctx, &friendpb.DeleteFriendRequest{UserId: caller.UserID(l.ctx), FriendId: id})
	if err != nil {
		return fmt.Errorf("delete friend: %w", err)
	}
	return nil
}
