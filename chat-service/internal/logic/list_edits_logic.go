package logic

import (
	"context"

	"im-backend/chat-service/internal/svc"
	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
)

// ListEditsLogic serves one call.
type ListEditsLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListEditsLogic is called by the generated server for every call.
func NewListEditsLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListEditsLogic {
	return &ListEditsLogic{ctx: ctx, svcCtx: svcCtx}
}

// ListEdits answers what a message has said, the oldest first, to its author and to admins of its group.
func (l *ListEditsLogic) ListEdits(in *chatpb.ListEditsRequest) (*chatpb.ListEditsResponse, error) {
	versions, err := l.svcCtx.Timeline.ListEdits(l.ctx, model.UserID(in.GetUserId()), in.GetConversationId(), in.GetSeq())
	if err != nil {
		return nil, err
	}
	out := &chatpb.ListEditsResponse{}
	for _, v := range versions {
		out.Versions = append(out.Versions, &chatpb.MessageVersion{Content: v.Content, Mentions: v.Mentions, WrittenAt: v.WrittenAt})
	}
	return out, nil
}
