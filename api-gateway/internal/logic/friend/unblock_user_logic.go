// Code scaffolded by goctl. Safe to edit.

package friend

import (
	"context"
	"fmt"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/api-gateway/internal/caller"
	"im-backend/api-gateway/internal/input"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/common/proto/gen/friendpb"
	"im-backend/common/utils/errs"
)

// UnblockUserLogic serves one call.
type UnblockUserLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewUnblockUserLogic is called by the handler for every call.
func NewUnblockUserLogic(ctx context.Context, svcCtx *svc.ServiceContext) *UnblockUserLogic {
	return &UnblockUserLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// UnblockUser takes a block back.
func (l *UnblockUserLogic) UnblockUser(req *types.FriendPath) error {
	id, err := input.PathID(req.UserId, errs.ErrUserNotFound)
	if err != nil {
		return err
	}
	_, err = l.svcCtx.Friends.UnblockUser(l.ctx, &friendpb.UnblockUserRequest{UserId: caller.UserID(l.ctx), BlockedId: id})
	if err != nil {
		return fmt.Errorf("unblock user: %w", err)
	}
	return nil
}
