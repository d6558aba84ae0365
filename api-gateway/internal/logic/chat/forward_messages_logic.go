// Code scaffolded by goctl. Safe to edit.

package chat

import (
	"context"
	"fmt"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/api-gateway/internal/caller"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/api-gateway/internal/view"
	"im-backend/common/proto/gen/chatpb"
)

// ForwardMessagesLogic serves one call.
type ForwardMessagesLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewForwardMessagesLogic is called by the handler for every call.
func NewForwardMessagesLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ForwardMessagesLogic {
	return &ForwardMessagesLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// ForwardMessages sends copies of messages to other conversations.
func (l *ForwardMessagesLogic) ForwardMessages(req *types.ForwardMessagesRequest) (*types.ForwardedList, error) {
	got, err := l.svcCtx.Chat.ForwardMessages(l.ctx, &chatpb.ForwardMessagesRequest{
		UserId: caller.UserID(l.ctx), FromConversationId: req.From.ConversationId, Seqs: req.From.Seqs, ToConversationIds: req.To,
		Merge: req.Merge, Title: req.Title, ClientMsgId: req.ClientMsgId,
	})
	if err != nil {
		return nil, fmt.Errorf("forward messages: %w", err)
	}
	return &types.ForwardedList{Items: view.List(got.GetItems(), newForwarded)}, nil
}
