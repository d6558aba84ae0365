package logic

import (
	"context"
	"errors"

	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/svc"
)

// ListBansLogic serves one call.
type ListBansLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListBansLogic is called by the generated server for every call.
func NewListBansLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListBansLogic {
	return &ListBansLogic{ctx: ctx, svcCtx: svcCtx}
}

// ListBans lists the banned users, the newest first. Errors: GROUP_NOT_FOUND, NOT_GROUP_ADMIN.
func (l *ListBansLogic) ListBans(in *grouppb.ListBansRequest) (*grouppb.ListBansResponse, error) {
	return nil, errors.ErrUnsupported
}
