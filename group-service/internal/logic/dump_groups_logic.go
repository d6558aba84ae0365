package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/svc"
)

// DumpGroupsLogic serves one call.
type DumpGroupsLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewDumpGroupsLogic is called by the generated server for every call.
func NewDumpGroupsLogic(ctx context.Context, svcCtx *svc.ServiceContext) *DumpGroupsLogic {
	return &DumpGroupsLogic{ctx: ctx, svcCtx: svcCtx}
}

// DumpGroups lists all groups by id, dismissed ones too; for the reconciler.
func (l *DumpGroupsLogic) DumpGroups(in *grouppb.DumpGroupsRequest) (*grouppb.DumpGroupsResponse, error) {
	groups, err := l.svcCtx.Groups.DumpGroups(l.ctx, model.GroupID(in.GetAfter()), in.GetLimit())
	if err != nil {
		return nil, err
	}
	return &grouppb.DumpGroupsResponse{Groups: mapped(groups, groupPB)}, nil
}
