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

// DismissGroupLogic serves one call.
type DismissGroupLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewDismissGroupLogic is called by the handler for every call.
func NewDismissGroupLogic(ctx context.Context, svcCtx *svc.ServiceContext) *DismissGroupLogic {
	return &DismissGroupLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// DismissGroup ends a group.
func (l *DismissGroupLogic) DismissGroup(req *types.GroupPath) error {
	id, err := input.PathID(req.GroupId, errs.ErrGroupNotFound)
	if err != nil {
		return err
	}
	_, err = l.svcCtx.Groups.DismissGroup(l.ctx, &grouppb.DismissGroupRequest{UserId: caller.UserID(l.ctx), GroupId: id})
	if err != nil {
		return fmt.Errorf("dismiss group: %w", err)
	}
	return nil
}
