package logic

import (
	"context"
	"errors"

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
	return nil, errors.ErrUnsupported
}
