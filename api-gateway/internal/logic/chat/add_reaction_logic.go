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
	seq, err := input.PathMessage(req.Id, req.Seq)
	if err != nil {
		return err
	}
	_, err = l.svcCtx.Chat.ReactMessage(l.ctx, &chatpb.ReactMessageRequest{
		UserId: caller.UserID(l.ctx), ConversationId: req.Id, Seq: seq, Emoji: req.Emoji,
	})
	if err != nil {
		return fmt.Errorf("add reaction: %w", err)
	}
	return nil
}
