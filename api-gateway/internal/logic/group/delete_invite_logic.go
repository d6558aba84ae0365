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

// DeleteInviteLogic serves one call.
type DeleteInviteLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewDeleteInviteLogic is called by the handler for every call.
func NewDeleteInviteLogic(ctx context.Context, svcCtx *svc.ServiceContext) *DeleteInviteLogic {
	return &DeleteInviteLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// DeleteInvite ends an invite.
func (l *DeleteInviteLogic) DeleteInvite(req *types.InvitePath) error {
	id, err := input.PathID(req.GroupId, errs.ErrGroupNotFound)
	if err != nil {
		return err
	}
	inviteID, err := input.PathID(req.Id, errs.ErrNotFound)
	if err != nil {
		return err
	}
	_, err = l.svcCtx.Groups.DeleteInvite(l.ctx, &grouppb.DeleteInviteRequest{
		UserId: caller.UserID(l.ctx), GroupId: id, InviteId: inviteID,
	})
	if err != nil {
		return fmt.Errorf("delete invite: %w", err)
	}
	return nil
}
