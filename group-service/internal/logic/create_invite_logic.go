package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/svc"
)

// CreateInviteLogic serves one call.
type CreateInviteLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewCreateInviteLogic is called by the generated server for every call.
func NewCreateInviteLogic(ctx context.Context, svcCtx *svc.ServiceContext) *CreateInviteLogic {
	return &CreateInviteLogic{ctx: ctx, svcCtx: svcCtx}
}

// CreateInvite makes an invite; only its answer has the code. Errors: GROUP_NOT_FOUND, NOT_GROUP_ADMIN, INVALID_ARGUMENT,
// INVITE_LIMIT_REACHED.
func (l *CreateInviteLogic) CreateInvite(in *grouppb.CreateInviteRequest) (*grouppb.CreateInviteResponse, error) {
	made, err := l.svcCtx.Groups.CreateInvite(l.ctx, model.GroupID(in.GetGroupId()), model.UserID(in.GetUserId()), in.GetExpiresIn(), in.GetMaxUses())
	if err != nil {
		return nil, err
	}
	return &grouppb.CreateInviteResponse{Invite: invitePB(made.Invite), Code: made.Code}, nil
}
