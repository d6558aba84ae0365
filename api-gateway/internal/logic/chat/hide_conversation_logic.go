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

// HideConversationLogic serves one call.
type HideConversationLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewHideConversationLogic is called by the handler for every call.
func NewHideConversationLogic(ctx context.Context, svcCtx *svc.ServiceContext) *HideConversationLogic {
	return &HideConversationLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// HideConversation leaves a conversation out of one's lists until the next entry.
func (l *HideConversationLogic) HideConversation(req *types.ConversationPath) error {
	if err := input.PathConversation(req.Id); err != nil {
		return err
	}
	me := caller.Identity(l.ctx)
	_, err := l.svcCtx.Chat.HideConversation(l.ctx, &chatpb.HideConversationRequest{
		UserId: me.GetUserId(), ConversationId: req.Id, SessionId: me.GetSessionId(),
	})
	if err != nil {
		return fmt.Errorf("hide conversation: %w", err)
	}
	return nil
}
