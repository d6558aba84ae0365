package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/svc"
)

// ImportMembersLogic serves one call.
type ImportMembersLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewImportMembersLogic is called by the generated server for every call.
func NewImportMembersLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ImportMembersLogic {
	return &ImportMembersLogic{ctx: ctx, svcCtx: svcCtx}
}

// ImportMembers adds up to 1,000 users, those who are members already excepted; for operators. Errors: GROUP_NOT_FOUND,
// USER_NOT_FOUND, GROUP_FULL, INVALID_ARGUMENT.
func (l *ImportMembersLogic) ImportMembers(in *grouppb.ImportMembersRequest) (*grouppb.ImportMembersResponse, error) {
	added, err := l.svcCtx.Groups.ImportMembers(l.ctx, model.GroupID(in.GetGroupId()), userIDs(in.GetUserIds()))
	if err != nil {
		return nil, err
	}
	return &grouppb.ImportMembersResponse{Added: int32(added)}, nil
}
