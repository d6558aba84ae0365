// Code scaffolded by goctl. Safe to edit.

package group

import (
	"context"
	"fmt"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/api-gateway/internal/caller"
	"im-backend/api-gateway/internal/input"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/api-gateway/internal/view"
	"im-backend/common/proto/gen/grouppb"
	"im-backend/common/utils/errs"
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
func (l *JoinGroupLogic) JoinGroup(req *types.JoinGroupRequest) (*types.JoinResult, error) {
	id, err := input.PathID(req.GroupId, errs.ErrGroupNotFound)
	if err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Groups.JoinGroup(l.ctx, &grouppb.JoinGroupRequest{UserId: caller.UserID(l.ctx), GroupId: id, Message: req.Message})
	if err != nil {
		return nil, fmt.Errorf("join group: %w", err)
	}
	if asked := got.GetAsked(); asked != nil {
		request := view.JoinRequest(asked)
		return &types.JoinResult{Asked: &request}, nil
	}
	group := view.Group(got.GetJoined())
	return &types.JoinResult{Joined: &group}, nil
}
