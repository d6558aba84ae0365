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

// ListMessagesLogic serves one call.
type ListMessagesLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListMessagesLogic is called by the handler for every call.
func NewListMessagesLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListMessagesLogic {
	return &ListMessagesLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// ListMessages answers a page of a conversation's history.
func (l *ListMessagesLogic) ListMessages(req *types.ListMessagesRequest) (*types.MessageList, error) {
	if err := input.PathConversation(req.Id); err != nil {
		return nil, err
	}
	limit, err := input.Limit(req.Limit)
	if err != nil {
		return nil, err
	}
	if err := input.HistoryCursor(req); err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Chat.ListMessages(l.ctx, &chatpb.ListMessagesRequest{
		UserId: caller.UserID(l.ctx), ConversationId: req.Id, BeforeSeq: req.BeforeSeq, AfterSeq: req.AfterSeq, Limit: limit,
	})
	if err != nil {
		return nil, fmt.Errorf("list messages: %w", err)
	}
	list := &types.MessageList{Items: wire.RawMessages(got.GetMessages()), HasMore: got.GetHasMore()}
	if entries := got.GetMessages(); got.GetHasMore() && len(entries) > 0 {
		list.NextCursor = input.NextHistoryCursor(req, entries[0].GetSeq(), entries[len(entries)-1].GetSeq())
	}
	return list, nil
}
