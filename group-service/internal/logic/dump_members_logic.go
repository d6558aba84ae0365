package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/svc"
)

// DumpMembersLogic serves one call.
type DumpMembersLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewDumpMembersLogic is called by the generated server for every call.
func NewDumpMembersLogic(ctx context.Context, svcCtx *svc.ServiceContext) *DumpMembersLogic {
	return &DumpMembersLogic{ctx: ctx, svcCtx: svcCtx}
}

// DumpMembers lists the members of a group by user id, with the version of the group; for the reconciler.
func (l *DumpMembersLogic) DumpMembers(in *grouppb.DumpMembersRequest) (*grouppb.DumpMembersResponse, error) {
	members, version, err := l.svcCtx.Groups.DumpMembers(l.ctx, model.GroupID(in.GetGroupId()), model.UserID(in.GetAfter()), in.GetLimit())
	if err != nil {
		return nil, err
	}
	return &grouppb.DumpMembersResponse{Members: mapped(members, memberPB), Version: version}, nil
}
