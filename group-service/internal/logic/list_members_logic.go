package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/svc"
)

// ListMembersLogic serves one call.
type ListMembersLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListMembersLogic is called by the generated server for every call.
func NewListMembersLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListMembersLogic {
	return &ListMembersLogic{ctx: ctx, svcCtx: svcCtx}
}

// ListMembers lists members by role, then by join time. Errors: GROUP_NOT_FOUND.
func (l *ListMembersLogic) ListMembers(in *grouppb.ListMembersRequest) (*grouppb.ListMembersResponse, error) {
	list, err := l.svcCtx.Groups.Members(l.ctx, model.GroupID(in.GetGroupId()), model.UserID(in.GetUserId()),
		in.GetLimit(), in.GetCursor())
	if err != nil {
		return nil, err
	}
	resp := &grouppb.ListMembersResponse{NextCursor: list.NextCursor}
	for _, m := range list.Members {
		resp.Members = append(resp.Members, memberPB(m))
	}
	return resp, nil
}
