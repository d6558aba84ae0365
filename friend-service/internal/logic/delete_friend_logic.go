package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/friendpb"
	"im-backend/friend-service/internal/svc"
)

// DeleteFriendLogic serves one call.
type DeleteFriendLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewDeleteFriendLogic is called by the generated server for every call.
func NewDeleteFriendLogic(ctx context.Context, svcCtx *svc.ServiceContext) *DeleteFriendLogic {
	return &DeleteFriendLogic{ctx: ctx, svcCtx: svcCtx}
}

// DeleteFriend ends a friendship on both sides; not being friends is no error.
func (l *DeleteFriendLogic) DeleteFriend(in *friendpb.DeleteFriendRequest) (*friendpb.DeleteFriendResponse, error) {
	err := l.svcCtx.Friendships.Unfriend(l.ctx, model.UserID(in.GetUserId()), model.UserID(in.GetFriendId()))
	if err != nil {
		return nil, err
	}
	return &friendpb.DeleteFriendResponse{}, nil
}
