package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/membership"
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
	list, err := l.svcCtx.Groups.Members(l.ctx, membership.MemberList{
		Group: model.GroupID(in.GetGroupId()), User: model.UserID(in.GetUserId()), Role: in.GetRole(),
		NamePrefix: in.GetNamePrefix(), Since: in.GetSince(), Limit: in.GetLimit(), Cursor: in.GetCursor(),
	})
	if err != nil {
		return nil, err
	}
	resp := &grouppb.ListMembersResponse{NextCursor: list.NextCursor, Version: list.Version, Reset_: list.Reset}
	for _, m := range list.Members {
		resp.Members = append(resp.Members, memberPB(m))
	}
	for _, user := range list.Deleted {
		resp.Deleted = append(resp.Deleted, int64(user))
	}
	return resp, nil
}
