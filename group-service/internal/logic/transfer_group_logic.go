package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/svc"
)

// TransferGroupLogic serves one call.
type TransferGroupLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewTransferGroupLogic is called by the generated server for every call.
func NewTransferGroupLogic(ctx context.Context, svcCtx *svc.ServiceContext) *TransferGroupLogic {
	return &TransferGroupLogic{ctx: ctx, svcCtx: svcCtx}
}

// TransferGroup hands the group over to a member; the former owner becomes an admin. Errors: GROUP_NOT_FOUND,
func (l *TransferGroupLogic) TransferGroup(in *grouppb.TransferGroupRequest) (*grouppb.TransferGroupResponse, error) {
	group, err := l.svcCtx.Groups.Transfer(l.ctx, model.GroupID(in.GetGroupId()), model.UserID(in.GetUserId()), model.UserID(in.GetNewOwnerId()))
	if err != nil {
		return nil, err
	}
	return &grouppb.TransferGroupResponse{Group: membershipPB(group)}, nil
}
