package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/friendpb"
	"im-backend/friend-service/internal/svc"
)

// BlockUserLogic serves one call.
type BlockUserLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewBlockUserLogic is called by the generated server for every call.
func NewBlockUserLogic(ctx context.Context, svcCtx *svc.ServiceContext) *BlockUserLogic {
	return &BlockUserLogic{ctx: ctx, svcCtx: svcCtx}
}

// BlockUser refuses everything of another user from its answer on; repeating it is no error. Errors: USER_NOT_FOUND.
func (l *BlockUserLogic) BlockUser(in *friendpb.BlockUserRequest) (*friendpb.BlockUserResponse, error) {
	err := l.svcCtx.Friendships.Block(l.ctx, model.UserID(in.GetUserId()), model.UserID(in.GetBlockedId()))
	if err != nil {
		return nil, err
	}
	return &friendpb.BlockUserResponse{}, nil
}
