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

// GetConversationLogic serves one call.
type GetConversationLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewGetConversationLogic is called by the handler for every call.
func NewGetConversationLogic(ctx context.Context, svcCtx *svc.ServiceContext) *GetConversationLogic {
	return &GetConversationLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// GetConversation answers one conversation.
func (l *GetConversationLogic) GetConversation(req *types.ConversationPath) (*wire.Conversation, error) {
	if err := input.PathConversation(req.Id); err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Chat.GetConversation(l.ctx, &chatpb.GetConversationRequest{
		UserId: caller.UserID(l.ctx), ConversationId: req.Id,
	})
	if err != nil {
		return nil, fmt.Errorf("get conversation: %w", err)
	}
	conversation := wire.NewConversation(got.GetConversation())
	return &conversation, nil
}
