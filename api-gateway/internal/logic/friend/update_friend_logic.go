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

// UpdateFriendLogic serves one call.
type UpdateFriendLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewUpdateFriendLogic is called by the handler for every call.
func NewUpdateFriendLogic(ctx context.Context, svcCtx *svc.ServiceContext) *UpdateFriendLogic {
	return &UpdateFriendLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// UpdateFriend changes the caller's notes about a friend.
func (l *UpdateFriendLogic) UpdateFriend(req *types.UpdateFriendRequest) (*types.Friend, error) {
	id, err := input.PathID(req.UserId, errs.ErrUserNotFound)
	if err != nil {
		return nil, err
	}
	change := &friendpb.UpdateFriendRequest{
		UserId: caller.UserID(l.ctx), FriendId: id, Remark: req.Remark, Starred: req.Starred,
	}
	if req.Tags != nil {
		change.Tags = &friendpb.TagList{Tags: req.Tags}
	}
	got, err := l.svcCtx.Friends.UpdateFriend(l.ctx, change)
	if err != nil {
		return nil, fmt.Errorf("update friend: %w", err)
	}
	users, err := view.LoadUsers(l.ctx, l.svcCtx.Users, []int64{id})
	if err != nil {
		return nil, err
	}
	friend := view.Friend(got.GetFriend(), users.Get(id))
	return &friend, nil
}
