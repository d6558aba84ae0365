package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/svc"
)

// DeleteInviteLogic serves one call.
type DeleteInviteLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewDeleteInviteLogic is called by the generated server for every call.
func NewDeleteInviteLogic(ctx context.Context, svcCtx *svc.ServiceContext) *DeleteInviteLogic {
	return &DeleteInviteLogic{ctx: ctx, svcCtx: svcCtx}
}

// DeleteInvite ends an invite; members may end their own, admins anyone's. Errors: GROUP_NOT_FOUND, NOT_GROUP_ADMIN, NOT_FOUND.
func (l *DeleteInviteLogic) DeleteInvite(in *grouppb.DeleteInviteRequest) (*grouppb.DeleteInviteResponse, error) {
	if err := l.svcCtx.Groups.DeleteInvite(l.ctx, model.GroupID(in.GetGroupId()), model.UserID(in.GetUserId()), in.GetInviteId()); err != nil {
		return nil, err
	}
	return &grouppb.DeleteInviteResponse{}, nil
}
