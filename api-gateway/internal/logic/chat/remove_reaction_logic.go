// Code scaffolded by goctl. Safe to edit.

package chat

import (
	"context"

	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"

	"github.com/zeromicro/go-zero/core/logx"
)

// RemoveReactionLogic serves one call.
type RemoveReactionLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewRemoveReactionLogic is called by the handler for every call.
func NewRemoveReactionLogic(ctx context.Context, svcCtx *svc.ServiceContext) *RemoveReactionLogic {
	return &RemoveReactionLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// RemoveReaction takes one's reaction back.
func (l *RemoveReactionLogic) RemoveReaction(req *types.ReactionPath) error {
	return nil
}
