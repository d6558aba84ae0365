package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/svc"
)

// AddMembersLogic serves one call.
type AddMembersLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewAddMembersLogic is called by the generated server for every call.
func NewAddMembersLogic(ctx context.Context, svcCtx *svc.ServiceContext) *AddMembersLogic {
	return &AddMembersLogic{ctx: ctx, svcCtx: svcCtx}
}

// AddMembers adds users, each by itself: one that cannot be added is named with a reason.
func (l *AddMembersLogic) AddMembers(in *grouppb.AddMembersRequest) (*grouppb.AddMembersResponse, error) {
	added, failed, err := l.svcCtx.Groups.Add(l.ctx, model.GroupID(in.GetGroupId()), model.UserID(in.GetUserId()),
		userIDs(in.GetUserIds()))
	if err != nil {
		return nil, err
	}
	resp := &grouppb.AddMembersResponse{Failed: mapped(failed, failurePB)}
	for _, id := range added {
		resp.Added = append(resp.Added, int64(id))
	}
	return resp, nil
}
