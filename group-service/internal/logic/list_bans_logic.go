package logic

import (
	"context"

	"im-backend/common/model"
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
	list, next, err := l.svcCtx.Groups.Bans(l.ctx, model.GroupID(in.GetGroupId()), model.UserID(in.GetUserId()), in.GetLimit(), in.GetCursor())
	if err != nil {
		return nil, err
	}
	return &grouppb.ListBansResponse{Bans: mapped(list, banPB), NextCursor: next}, nil
}
