package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/friendpb"
	"im-backend/friend-service/internal/friendship"
	"im-backend/friend-service/internal/svc"
)

// ListFriendsLogic serves one call.
type ListFriendsLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListFriendsLogic is called by the generated server for every call.
func NewListFriendsLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListFriendsLogic {
	return &ListFriendsLogic{ctx: ctx, svcCtx: svcCtx}
}

// ListFriends lists friends by id, or what changed since a version.
func (l *ListFriendsLogic) ListFriends(in *friendpb.ListFriendsRequest) (*friendpb.ListFriendsResponse, error) {
	list, err := l.svcCtx.Friendships.List(l.ctx, friendship.FriendList{
		User: model.UserID(in.GetUserId()), Since: in.GetSince(), Limit: in.GetLimit(), Cursor: in.GetCursor(),
	})
	if err != nil {
		return nil, err
	}
	resp := &friendpb.ListFriendsResponse{NextCursor: list.NextCursor, Version: list.Version, Reset_: list.Reset}
	for _, f := range list.Friends {
		resp.Friends = append(resp.Friends, friendPB(f))
	}
	for _, id := range list.Deleted {
		resp.Deleted = append(resp.Deleted, int64(id))
	}
	return resp, nil
}
