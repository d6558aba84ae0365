// Code scaffolded by goctl. Safe to edit.

package group

import (
	"context"
	"fmt"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/api-gateway/internal/caller"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/api-gateway/internal/view"
	"im-backend/common/proto/gen/grouppb"
)

// JoinByInviteLogic serves one call.
type JoinByInviteLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewJoinByInviteLogic is called by the handler for every call.
func NewJoinByInviteLogic(ctx context.Context, svcCtx *svc.ServiceContext) *JoinByInviteLogic {
	return &JoinByInviteLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// JoinByInvite joins a group by a code.
func (l *JoinByInviteLogic) JoinByInvite(req *types.InviteCodePath) (*types.Group, error) {
	got, err := l.svcCtx.Groups.JoinByInvite(l.ctx, &grouppb.JoinByInviteRequest{UserId: caller.UserID(l.ctx), Code: req.Code})
	if err != nil {
		return nil, fmt.Errorf("join by invite: %w", err)
	}
	group := view.Group(got.GetGroup())
	return &group, nil
}
