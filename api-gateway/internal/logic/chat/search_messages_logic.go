// Code scaffolded by goctl. Safe to edit.

package chat

import (
	"context"
	"fmt"

	"im-backend/api-gateway/internal/caller"
	"im-backend/api-gateway/internal/input"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/utils/wire"

	"github.com/zeromicro/go-zero/core/logx"
)

// SearchMessagesLogic serves one call.
type SearchMessagesLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewSearchMessagesLogic is called by the handler for every call.
func NewSearchMessagesLogic(ctx context.Context, svcCtx *svc.ServiceContext) *SearchMessagesLogic {
	return &SearchMessagesLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// SearchMessages finds messages that the caller may see, the newest first.
func (l *SearchMessagesLogic) SearchMessages(req *types.SearchMessagesRequest) (*types.FoundMessages, error) {
	limit, err := input.Limit(req.Limit)
	if err != nil {
		return nil, err
	}
	sender, err := input.OptionalID("senderId", req.SenderId)
	if err != nil {
		return nil, err
	}
	if req.ConversationId != "" {
		if err := input.PathConversation(req.ConversationId); err != nil {
			return nil, err
		}
	}
	got, err := l.svcCtx.Chat.SearchMessages(l.ctx, &chatpb.SearchMessagesRequest{
		UserId: caller.UserID(l.ctx), Query: req.Query, ConversationId: req.ConversationId, SenderId: sender, Type: req.Type,
		Before: req.Before, Limit: limit, Cursor: req.Cursor,
	})
	if err != nil {
		return nil, fmt.Errorf("search messages: %w", err)
	}
	return &types.FoundMessages{Items: wire.RawMessages(got.GetMessages()), NextCursor: got.GetNextCursor()}, nil
}
