package logic

import (
	"context"

	"im-backend/common/model"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/svc"
)

// JoinByInviteLogic serves one call.
type JoinByInviteLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewJoinByInviteLogic is called by the generated server for every call.
func NewJoinByInviteLogic(ctx context.Context, svcCtx *svc.ServiceContext) *JoinByInviteLogic {
	return &JoinByInviteLogic{ctx: ctx, svcCtx: svcCtx}
}

// JoinByInvite joins by a code, whatever the join policy. Errors: NOT_FOUND, FORBIDDEN, ALREADY_MEMBER, GROUP_FULL,
// GROUP_LIMIT_REACHED.
func (l *JoinByInviteLogic) JoinByInvite(in *grouppb.JoinByInviteRequest) (*grouppb.JoinByInviteResponse, error) {
	joined, err := l.svcCtx.Groups.JoinByInvite(l.ctx, model.UserID(in.GetUserId()), in.GetCode())
	if err != nil {
		return nil, err
	}
	return &grouppb.JoinByInviteResponse{Group: membershipPB(joined)}, nil
}
