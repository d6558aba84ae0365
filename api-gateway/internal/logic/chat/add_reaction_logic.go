// Code scaffolded by goctl. Safe to edit.

package chat

import (
	"context"

	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"

	"github.com/zeromicro/go-zero/core/logx"
)

// AddReactionLogic serves one call.
type AddReactionLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewAddReactionLogic is called by the handler for every call.
func NewAddReactionLogic(ctx context.Context, svcCtx *svc.ServiceContext) *AddReactionLogic {
	return &AddReactionLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// AddReaction adds one's reaction to a message.
func (l *AddReactionLogic) AddReaction(req *types.ReactionPath) error {
	return nil
}
