package logic

import (
	"context"

	"im-backend/common/proto/gen/userpb"
	"im-backend/user-service/internal/svc"
)

// BatchGetUsersLogic serves one call.
type BatchGetUsersLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewBatchGetUsersLogic is called by the generated server for every call.
func NewBatchGetUsersLogic(ctx context.Context, svcCtx *svc.ServiceContext) *BatchGetUsersLogic {
	return &BatchGetUsersLogic{ctx: ctx, svcCtx: svcCtx}
}

// BatchGetUsers answers the public profiles of the users that exist, in the order asked, at most 200.
func (l *BatchGetUsersLogic) BatchGetUsers(in *userpb.BatchGetUsersRequest) (*userpb.BatchGetUsersResponse, error) {
	users, err := l.svcCtx.Accounts.Batch(l.ctx, userIDs(in.GetUserIds()), in.GetWithDeleted())
	if err != nil {
		return nil, err
	}
	return &userpb.BatchGetUsersResponse{Users: usersOf(users)}, nil
}
