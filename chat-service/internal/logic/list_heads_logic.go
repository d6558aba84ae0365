package logic

import (
	"context"

	"im-backend/chat-service/internal/svc"
	"im-backend/common/proto/gen/chatpb"
)

// ListHeadsLogic serves one call.
type ListHeadsLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListHeadsLogic is called by the generated server for every call.
func NewListHeadsLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListHeadsLogic {
	return &ListHeadsLogic{ctx: ctx, svcCtx: svcCtx}
}

// ListHeads answers, for each user, the heads of the conversations that moved since a time.
func (l *ListHeadsLogic) ListHeads(in *chatpb.ListHeadsRequest) (*chatpb.ListHeadsResponse, error) {
	heads, err := l.svcCtx.Timeline.ListHeads(l.ctx, in.GetUserIds(), in.GetSince())
	if err != nil {
		return nil, err
	}
	out := &chatpb.ListHeadsResponse{Heads: make([]*chatpb.Head, len(heads))}
	for i, h := range heads {
		out.Heads[i] = &chatpb.Head{UserId: h.UserID, ConversationId: h.ConversationID, MaxSeq: h.Seq}
	}
	return out, nil
}
