package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/friendpb"
	"im-backend/friend-service/internal/svc"
)

// UnblockUserLogic serves one call.
type UnblockUserLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewUnblockUserLogic is called by the generated server for every call.
func NewUnblockUserLogic(ctx context.Context, svcCtx *svc.ServiceContext) *UnblockUserLogic {
	return &UnblockUserLogic{ctx: ctx, svcCtx: svcCtx}
}

// UnblockUser takes a block back; there being none is no error.
func (l *UnblockUserLogic) UnblockUser(in *friendpb.UnblockUserRequest) (*friendpb.UnblockUserResponse, error) {
	err := l.svcCtx.Friendships.Unblock(l.ctx, model.UserID(in.GetUserId()), model.UserID(in.GetBlockedId()))
	if err != nil {
		return nil, err
	}
	return &friendpb.UnblockUserResponse{}, nil
}
