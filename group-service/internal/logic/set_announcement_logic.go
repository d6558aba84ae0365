package logic

import (
	"context"
	"errors"

	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/svc"
)

// SetAnnouncementLogic serves one call.
type SetAnnouncementLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewSetAnnouncementLogic is called by the generated server for every call.
func NewSetAnnouncementLogic(ctx context.Context, svcCtx *svc.ServiceContext) *SetAnnouncementLogic {
	return &SetAnnouncementLogic{ctx: ctx, svcCtx: svcCtx}
}

// SetAnnouncement replaces the announcement. Errors: GROUP_NOT_FOUND, NOT_GROUP_ADMIN, INVALID_ARGUMENT.
func (l *SetAnnouncementLogic) SetAnnouncement(in *grouppb.SetAnnouncementRequest) (*grouppb.SetAnnouncementResponse, error) {
	return nil, errors.ErrUnsupported
}
