package logic

import (
	"context"
	"errors"

	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/svc"
)

// ListInvitesLogic serves one call.
type ListInvitesLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListInvitesLogic is called by the generated server for every call.
func NewListInvitesLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListInvitesLogic {
	return &ListInvitesLogic{ctx: ctx, svcCtx: svcCtx}
}

// ListInvites lists the invites that may still be used, the newest first. Errors: GROUP_NOT_FOUND, NOT_GROUP_ADMIN.
func (l *ListInvitesLogic) ListInvites(in *grouppb.ListInvitesRequest) (*grouppb.ListInvitesResponse, error) {
	return nil, errors.ErrUnsupported
}
