// Code scaffolded by goctl. Safe to edit.

package chat

import (
	"context"
	"fmt"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/api-gateway/internal/caller"
	"im-backend/api-gateway/internal/input"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/common/proto/gen/chatpb"
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
	seq, err := input.PathMessage(req.Id, req.Seq)
	if err != nil {
		return err
	}
	_, err = l.svcCtx.Chat.ReactMessage(l.ctx, &chatpb.ReactMessageRequest{
		UserId: caller.UserID(l.ctx), ConversationId: req.Id, Seq: seq, Emoji: req.Emoji, Removed: true,
	})
	if err != nil {
		return fmt.Errorf("remove reaction: %w", err)
	}
	return nil
}
