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
	"im-backend/common/proto/gen/grouppb"
	"im-backend/common/utils/errs"
)

// UnbanUserLogic serves one call.
type UnbanUserLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewUnbanUserLogic is called by the handler for every call.
func NewUnbanUserLogic(ctx context.Context, svcCtx *svc.ServiceContext) *UnbanUserLogic {
	return &UnbanUserLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// UnbanUser lets a user join again.
func (l *UnbanUserLogic) UnbanUser(req *types.MemberPath) error {
	id, err := input.PathID(req.GroupId, errs.ErrGroupNotFound)
	if err != nil {
		return err
	}
	target, err := input.PathID(req.UserId, errs.ErrUserNotFound)
	if err != nil {
		return err
	}
	_, err = l.svcCtx.Groups.UnbanUser(l.ctx, &grouppb.UnbanUserRequest{UserId: caller.UserID(l.ctx), GroupId: id, TargetId: target})
	if err != nil {
		return fmt.Errorf("unban user: %w", err)
	}
	return nil
}
