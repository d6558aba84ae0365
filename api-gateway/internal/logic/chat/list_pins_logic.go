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

// ListPinsLogic serves one call.
type ListPinsLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListPinsLogic is called by the handler for every call.
func NewListPinsLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListPinsLogic {
	return &ListPinsLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// ListPins lists the pinned messages, the latest pin first.
func (l *ListPinsLogic) ListPins(req *types.ConversationPath) (*types.PinList, error) {
	if err := input.PathConversation(req.Id); err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Chat.ListPins(l.ctx, &chatpb.ListPinsRequest{UserId: caller.UserID(l.ctx), ConversationId: req.Id})
	if err != nil {
		return nil, fmt.Errorf("list pins: %w", err)
	}
	return &types.PinList{Items: view.List(got.GetPins(), newPin)}, nil
}
