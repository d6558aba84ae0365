package logic

import (
	"context"
	"errors"

	"im-backend/common/proto/gen/grouppb"
	"im-backend/group-service/internal/svc"
)

// JoinGroupLogic serves one call.
type JoinGroupLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewJoinGroupLogic is called by the generated server for every call.
func NewJoinGroupLogic(ctx context.Context, svcCtx *svc.ServiceContext) *JoinGroupLogic {
	return &JoinGroupLogic{ctx: ctx, svcCtx: svcCtx}
}

// JoinGroup joins an open group, or asks to join one that approves. Errors: GROUP_NOT_FOUND, FORBIDDEN, ALREADY_MEMBER,
func (l *JoinGroupLogic) JoinGroup(in *grouppb.JoinGroupRequest) (*grouppb.JoinGroupResponse, error) {
	return nil, errors.ErrUnsupported
}
