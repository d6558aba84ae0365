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

// LeaveGroupLogic serves one call.
type LeaveGroupLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewLeaveGroupLogic is called by the handler for every call.
func NewLeaveGroupLogic(ctx context.Context, svcCtx *svc.ServiceContext) *LeaveGroupLogic {
	return &LeaveGroupLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// LeaveGroup leaves a group.
func (l *LeaveGroupLogic) LeaveGroup(req *types.GroupPath) error {
	id, err := input.PathID(req.GroupId, errs.ErrGroupNotFound)
	if err != nil {
		return err
	}
	_, err = l.svcCtx.Groups.LeaveGroup(l.ctx, &grouppb.LeaveGroupRequest{UserId: caller.UserID(l.ctx), GroupId: id})
	if err != nil {
		return fmt.Errorf("leave group: %w", err)
	}
	return nil
}
