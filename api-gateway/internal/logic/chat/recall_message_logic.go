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

// RecallMessageLogic serves one call.
type RecallMessageLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewRecallMessageLogic is called by the handler for every call.
func NewRecallMessageLogic(ctx context.Context, svcCtx *svc.ServiceContext) *RecallMessageLogic {
	return &RecallMessageLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// RecallMessage empties a message for all.
func (l *RecallMessageLogic) RecallMessage(req *types.MessagePath) (*types.SentMessage, error) {
	seq, err := input.PathMessage(req.Id, req.Seq)
	if err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Chat.RecallMessage(l.ctx, &chatpb.RecallMessageRequest{
		UserId: caller.UserID(l.ctx), ConversationId: req.Id, Seq: seq,
	})
	if err != nil {
		return nil, fmt.Errorf("recall message: %w", err)
	}
	return newChange(req.Id, got), nil
}
