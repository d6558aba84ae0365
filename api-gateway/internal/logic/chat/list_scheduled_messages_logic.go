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
)

// ListScheduledMessagesLogic serves one call.
type ListScheduledMessagesLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListScheduledMessagesLogic is called by the handler for every call.
func NewListScheduledMessagesLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListScheduledMessagesLogic {
	return &ListScheduledMessagesLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// ListScheduledMessages lists the caller's messages that wait for their time or were refused.
func (l *ListScheduledMessagesLogic) ListScheduledMessages(req *types.ListScheduledRequest) (*types.ScheduledMessageList, error) {
	limit, err := input.Limit(req.Limit)
	if err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Chat.ListScheduledMessages(l.ctx, &chatpb.ListScheduledMessagesRequest{
		UserId: caller.UserID(l.ctx), Limit: limit, Cursor: req.Cursor,
	})
	if err != nil {
		return nil, fmt.Errorf("list scheduled messages: %w", err)
	}
	return &types.ScheduledMessageList{Items: view.List(got.GetScheduled(), scheduledMessage), NextCursor: got.GetNextCursor()}, nil
}
