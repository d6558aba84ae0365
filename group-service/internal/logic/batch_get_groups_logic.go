package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/svc"
)

// BatchGetGroupsLogic serves one call.
type BatchGetGroupsLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewBatchGetGroupsLogic is called by the generated server for every call.
func NewBatchGetGroupsLogic(ctx context.Context, svcCtx *svc.ServiceContext) *BatchGetGroupsLogic {
	return &BatchGetGroupsLogic{ctx: ctx, svcCtx: svcCtx}
}

// BatchGetGroups answers the summaries of the groups that exist, at most 200; for chat-service, which checked access.
func (l *BatchGetGroupsLogic) BatchGetGroups(in *grouppb.BatchGetGroupsRequest) (*grouppb.BatchGetGroupsResponse, error) {
	ids := make([]model.GroupID, 0, len(in.GetGroupIds()))
	for _, id := range in.GetGroupIds() {
		ids = append(ids, model.GroupID(id))
	}
	groups, err := l.svcCtx.Groups.Batch(l.ctx, ids)
	if err != nil {
		return nil, err
	}
	resp := &grouppb.BatchGetGroupsResponse{}
	for _, g := range groups {
		resp.Groups = append(resp.Groups, groupPB(g))
	}
	return resp, nil
}
