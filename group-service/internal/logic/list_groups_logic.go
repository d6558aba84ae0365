package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/svc"
)

// ListGroupsLogic serves one call.
type ListGroupsLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListGroupsLogic is called by the generated server for every call.
func NewListGroupsLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListGroupsLogic {
	return &ListGroupsLogic{ctx: ctx, svcCtx: svcCtx}
}

// ListGroups lists the caller's groups by id.
func (l *ListGroupsLogic) ListGroups(in *grouppb.ListGroupsRequest) (*grouppb.ListGroupsResponse, error) {
	groups, next, err := l.svcCtx.Groups.List(l.ctx, model.UserID(in.GetUserId()), in.GetLimit(), in.GetCursor())
	if err != nil {
		return nil, err
	}
	resp := &grouppb.ListGroupsResponse{NextCursor: next}
	for _, g := range groups {
		resp.Groups = append(resp.Groups, membershipPB(g))
	}
	return resp, nil
}
