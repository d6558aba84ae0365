package logic

import (
	"context"
	"errors"

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
func (l *ImportMembersLogic) ImportMembers(in *grouppb.ImportMembersRequest) (*grouppb.ImportMembersResponse, error) {
	return nil, errors.ErrUnsupported
}
