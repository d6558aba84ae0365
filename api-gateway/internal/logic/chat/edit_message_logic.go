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

// EditMessageLogic serves one call.
type EditMessageLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewEditMessageLogic is called by the handler for every call.
func NewEditMessageLogic(ctx context.Context, svcCtx *svc.ServiceContext) *EditMessageLogic {
	return &EditMessageLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// EditMessage puts another text in place of one's own.
func (l *EditMessageLogic) EditMessage(req *types.EditMessageRequest) (*types.SentMessage, error) {
	seq, err := input.PathMessage(req.Id, req.Seq)
	if err != nil {
		return nil, err
	}
	content, err := rawContent(req.Content)
	if err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Chat.EditMessage(l.ctx, &chatpb.EditMessageRequest{
		UserId: caller.UserID(l.ctx), ConversationId: req.Id, Seq: seq, Content: content, Mentions: req.Mentions,
	})
	if err != nil {
		return nil, fmt.Errorf("edit message: %w", err)
	}
	return newChange(req.Id, got), nil
}
