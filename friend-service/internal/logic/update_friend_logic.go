package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/friendpb"
	"im-backend/friend-service/internal/friendship"
	"im-backend/friend-service/internal/svc"
)

// UpdateFriendLogic serves one call.
type UpdateFriendLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewUpdateFriendLogic is called by the generated server for every call.
func NewUpdateFriendLogic(ctx context.Context, svcCtx *svc.ServiceContext) *UpdateFriendLogic {
	return &UpdateFriendLogic{ctx: ctx, svcCtx: svcCtx}
}

// UpdateFriend changes the caller's own notes about a friend. Errors: NOT_FRIENDS, INVALID_ARGUMENT.
func (l *UpdateFriendLogic) UpdateFriend(in *friendpb.UpdateFriendRequest) (*friendpb.UpdateFriendResponse, error) {
	notes := friendship.Notes{Remark: in.Remark, Starred: in.Starred}
	if in.GetTags() != nil {
		tags := in.GetTags().GetTags()
		notes.Tags = &tags
	}
	f, err := l.svcCtx.Friendships.Annotate(l.ctx, model.UserID(in.GetUserId()), model.UserID(in.GetFriendId()), notes)
	if err != nil {
		return nil, err
	}
	return &friendpb.UpdateFriendResponse{Friend: friendPB(f)}, nil
}
