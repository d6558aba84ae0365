package logic

import (
	"context"

	"im-backend/chat-service/internal/svc"
	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
)

// ListPinsLogic serves one call.
type ListPinsLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListPinsLogic is called by the generated server for every call.
func NewListPinsLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListPinsLogic {
	return &ListPinsLogic{ctx: ctx, svcCtx: svcCtx}
}

// ListPins answers the pinned messages that the caller may see, the latest pin first.
func (l *ListPinsLogic) ListPins(in *chatpb.ListPinsRequest) (*chatpb.ListPinsResponse, error) {
	pins, err := l.svcCtx.Timeline.ListPins(l.ctx, model.UserID(in.GetUserId()), in.GetConversationId())
	if err != nil {
		return nil, err
	}
	out := &chatpb.ListPinsResponse{}
	for _, p := range pins {
		out.Pins = append(out.Pins, &chatpb.PinnedMessage{Message: p.Message, PinnedBy: p.PinnedBy, PinnedAt: p.PinnedAt})
	}
	return out, nil
}
