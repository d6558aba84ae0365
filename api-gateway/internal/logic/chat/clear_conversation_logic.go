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

// ClearConversationLogic serves one call.
type ClearConversationLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewClearConversationLogic is called by the handler for every call.
func NewClearConversationLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ClearConversationLogic {
	return &ClearConversationLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// ClearConversation takes the history up to the head away from the caller alone.
func (l *ClearConversationLogic) ClearConversation(req *types.ConversationPath) error {
	if err := input.PathConversation(req.Id); err != nil {
		return err
	}
	me := caller.Identity(l.ctx)
	_, err := l.svcCtx.Chat.ClearConversation(l.ctx, &chatpb.ClearConversationRequest{
		UserId: me.GetUserId(), ConversationId: req.Id, SessionId: me.GetSessionId(),
	})
	if err != nil {
		return fmt.Errorf("clear conversation: %w", err)
	}
	return nil
}
