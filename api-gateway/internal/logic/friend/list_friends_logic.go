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

// ListFriendsLogic serves one call.
type ListFriendsLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListFriendsLogic is called by the handler for every call.
func NewListFriendsLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListFriendsLogic {
	return &ListFriendsLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// ListFriends lists the caller's friends, or what changed since a version.
func (l *ListFriendsLogic) ListFriends(req *types.ListFriendsRequest) (*types.FriendList, error) {
	limit, err := input.Limit(req.Limit)
	if err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Friends.ListFriends(l.ctx, &friendpb.ListFriendsRequest{
		UserId: caller.UserID(l.ctx), Since: req.Since, Limit: limit, Cursor: req.Cursor,
	})
	if err != nil {
		return nil, fmt.Errorf("list friends: %w", err)
	}
	users, err := view.LoadUsers(l.ctx, l.svcCtx.Users, view.List(got.GetFriends(), (*friendpb.Friend).GetUserId))
	if err != nil {
		return nil, err
	}
	items := view.List(got.GetFriends(), func(f *friendpb.Friend) types.Friend { return view.Friend(f, users.Get(f.GetUserId())) })
	return &types.FriendList{
		Items: items, Deleted: view.List(got.GetDeleted(), view.ID), NextCursor: got.GetNextCursor(), Version: got.GetVersion(),
		Reset: got.GetReset_(),
	}, nil
}
