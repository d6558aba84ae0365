package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/svc"
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

// RemoveUser takes a deleted user out of all groups: what it owns goes to the highest and longest member, or is dismissed when
func (l *RemoveUserLogic) RemoveUser(in *grouppb.RemoveUserRequest) (*grouppb.RemoveUserResponse, error) {
	done, err := l.svcCtx.Groups.RemoveUser(l.ctx, model.UserID(in.GetUserId()))
	if err != nil {
		return nil, err
	}
	return &grouppb.RemoveUserResponse{Done: done}, nil
}
