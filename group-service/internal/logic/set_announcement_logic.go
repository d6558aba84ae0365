package logic

import (
	"context"

	"im-backend/common/model"
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
	group, err := l.svcCtx.Groups.Announce(l.ctx, model.GroupID(in.GetGroupId()), model.UserID(in.GetUserId()), in.GetText())
	if err != nil {
		return nil, err
	}
	return &grouppb.SetAnnouncementResponse{Group: membershipPB(group)}, nil
}
