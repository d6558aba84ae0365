package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/friendpb"
	"im-backend/friend-service/internal/svc"
)

// RemoveUserLogic serves one call.
type RemoveUserLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewRemoveUserLogic is called by the generated server for every call.
func NewRemoveUserLogic(ctx context.Context, svcCtx *svc.ServiceContext) *RemoveUserLogic {
	return &RemoveUserLogic{ctx: ctx, svcCtx: svcCtx}
}

// RemoveUser ends all friendships of a deleted user, and the requests that wait for it or from it; for user-service. Idempotent.
// done is false when there is more to do: call again.
func (l *RemoveUserLogic) RemoveUser(in *friendpb.RemoveUserRequest) (*friendpb.RemoveUserResponse, error) {
	done, err := l.svcCtx.Friendships.RemoveUser(l.ctx, model.UserID(in.GetUserId()))
	if err != nil {
		return nil, err
	}
	return &friendpb.RemoveUserResponse{Done: done}, nil
}
