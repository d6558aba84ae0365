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
	"im-backend/common/utils/wire"
)

// UpdateConversationLogic serves one call.
type UpdateConversationLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewUpdateConversationLogic is called by the handler for every call.
func NewUpdateConversationLogic(ctx context.Context, svcCtx *svc.ServiceContext) *UpdateConversationLogic {
	return &UpdateConversationLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// UpdateConversation changes one's own settings of a conversation.
func (l *UpdateConversationLogic) UpdateConversation(req *types.UpdateConversationRequest) (*wire.Conversation, error) {
	if err := input.PathConversation(req.Id); err != nil {
		return nil, err
	}
	me := caller.Identity(l.ctx)
	got, err := l.svcCtx.Chat.UpdateConversation(l.ctx, &chatpb.UpdateConversationRequest{
		UserId: me.GetUserId(), ConversationId: req.Id, SessionId: me.GetSessionId(), Pinned: req.Pinned, MutedUntil: req.MutedUntil,
		Draft: req.Draft, MarkedUnread: req.MarkedUnread, Archived: req.Archived,
	})
	if err != nil {
		return nil, fmt.Errorf("update conversation: %w", err)
	}
	conversation := wire.NewConversation(got.GetConversation())
	return &conversation, nil
}
