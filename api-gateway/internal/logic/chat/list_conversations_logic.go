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
	"im-backend/api-gateway/internal/view"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/utils/wire"
)

// ListConversationsLogic serves one call.
type ListConversationsLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListConversationsLogic is called by the handler for every call.
func NewListConversationsLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListConversationsLogic {
	return &ListConversationsLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// ListConversations lists the caller's conversations.
func (l *ListConversationsLogic) ListConversations(req *types.ListConversationsRequest) (*types.ConversationList, error) {
	limit, err := input.Limit(req.Limit)
	if err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Chat.ListConversations(l.ctx, &chatpb.ListConversationsRequest{
		UserId: caller.UserID(l.ctx), Limit: limit, Cursor: req.Cursor, Archived: req.Archived,
	})
	if err != nil {
		return nil, fmt.Errorf("list conversations: %w", err)
	}
	return &types.ConversationList{
		Items: view.List(got.GetConversations(), wire.NewConversation), NextCursor: got.GetNextCursor(),
	}, nil
}
