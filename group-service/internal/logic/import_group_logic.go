package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/svc"
)

// ImportGroupLogic serves one call.
type ImportGroupLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewImportGroupLogic is called by the generated server for every call.
func NewImportGroupLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ImportGroupLogic {
	return &ImportGroupLogic{ctx: ctx, svcCtx: svcCtx}
}

// ImportGroup makes a group of a given size for its owner; for operators. Errors: USER_NOT_FOUND, INVALID_ARGUMENT.
func (l *ImportGroupLogic) ImportGroup(in *grouppb.ImportGroupRequest) (*grouppb.ImportGroupResponse, error) {
	made, err := l.svcCtx.Groups.Import(l.ctx, model.UserID(in.GetOwnerId()), in.GetName(), in.GetMaxMembers())
	if err != nil {
		return nil, err
	}
	return &grouppb.ImportGroupResponse{Group: membershipPB(made)}, nil
}
