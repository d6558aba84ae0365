// Code scaffolded by goctl. Safe to edit.

package group

import (
	"context"

	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"

	"github.com/zeromicro/go-zero/core/logx"
)

// JoinGroupLogic serves one call.
type JoinGroupLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewJoinGroupLogic is called by the handler for every call.
func NewJoinGroupLogic(ctx context.Context, svcCtx *svc.ServiceContext) *JoinGroupLogic {
	return &JoinGroupLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// JoinGroup joins an open group (200, the group) or asks to join one that approves (201, the request).
func (l *JoinGroupLogic) JoinGroup(req *types.JoinGroupRequest) error {
	return nil
}
