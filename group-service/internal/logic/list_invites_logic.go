package logic

import (
	"context"

	"im-backend/common/model"
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
	list, next, err := l.svcCtx.Groups.Invites(l.ctx, model.GroupID(in.GetGroupId()), model.UserID(in.GetUserId()), in.GetLimit(), in.GetCursor())
	if err != nil {
		return nil, err
	}
	return &grouppb.ListInvitesResponse{Invites: mapped(list, invitePB), NextCursor: next}, nil
}
