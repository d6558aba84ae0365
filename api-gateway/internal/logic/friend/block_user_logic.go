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

// BlockUserLogic serves one call.
type BlockUserLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewBlockUserLogic is called by the handler for every call.
func NewBlockUserLogic(ctx context.Context, svcCtx *svc.ServiceContext) *BlockUserLogic {
	return &BlockUserLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// BlockUser blocks a user.
func (l *BlockUserLogic) BlockUser(req *types.FriendPath) error {
	id, err := input.PathID(req.UserId, errs.ErrUserNotFound)
	if err != nil {
		return err
	}
	_, err = l.svcCtx.Friends.BlockUser(l.ctx, &friendpb.BlockUserRequest{UserId: caller.UserID(l.ctx), BlockedId: id})
	if err != nil {
		return fmt.Errorf("block user: %w", err)
	}
	return nil
}
