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

// BanUserLogic serves one call.
type BanUserLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewBanUserLogic is called by the handler for every call.
func NewBanUserLogic(ctx context.Context, svcCtx *svc.ServiceContext) *BanUserLogic {
	return &BanUserLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// BanUser keeps a user out of a group.
func (l *BanUserLogic) BanUser(req *types.MemberPath) error {
	id, err := input.PathID(req.GroupId, errs.ErrGroupNotFound)
	if err != nil {
		return err
	}
	target, err := input.PathID(req.UserId, errs.ErrUserNotFound)
	if err != nil {
		return err
	}
	_, err = l.svcCtx.Groups.BanUser(l.ctx, &grouppb.BanUserRequest{UserId: caller.UserID(l.ctx), GroupId: id, TargetId: target})
	if err != nil {
		return fmt.Errorf("ban user: %w", err)
	}
	return nil
}
