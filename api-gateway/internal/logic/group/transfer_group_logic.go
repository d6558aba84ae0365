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

// TransferGroupLogic serves one call.
type TransferGroupLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewTransferGroupLogic is called by the handler for every call.
func NewTransferGroupLogic(ctx context.Context, svcCtx *svc.ServiceContext) *TransferGroupLogic {
	return &TransferGroupLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// TransferGroup hands the group over to another member.
func (l *TransferGroupLogic) TransferGroup(req *types.TransferGroupRequest) error {
	id, err := input.PathID(req.GroupId, errs.ErrGroupNotFound)
	if err != nil {
		return err
	}
	owner, err := input.ID("userId", req.UserId)
	if err != nil {
		return err
	}
	_, err = l.svcCtx.Groups.TransferGroup(l.ctx, &grouppb.TransferGroupRequest{
		UserId: caller.UserID(l.ctx), GroupId: id, NewOwnerId: owner,
	})
	if err != nil {
		return fmt.Errorf("transfer group: %w", err)
	}
	return nil
}
