package logic

import (
	"context"

	"im-backend/chat-service/internal/svc"
	"im-backend/chat-service/internal/timeline"
	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
)

// SyncLogic serves one call.
type SyncLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewSyncLogic is called by the generated server for every call.
func NewSyncLogic(ctx context.Context, svcCtx *svc.ServiceContext) *SyncLogic {
	return &SyncLogic{ctx: ctx, svcCtx: svcCtx}
}

// Sync answers what changed since a token, in pages.
func (l *SyncLogic) Sync(in *chatpb.SyncRequest) (*chatpb.SyncResponse, error) {
	me := model.UserID(in.GetUserId())
	named := make([]timeline.Position, len(in.GetConversations()))
	for i, p := range in.GetConversations() {
		named[i] = timeline.Position{ConversationID: p.GetConversationId(), AfterSeq: p.GetAfterSeq(), Limit: p.GetLimit()}
	}
	page, err := l.svcCtx.Timeline.Sync(l.ctx, me, in.GetSince(), in.GetLimit(), named)
	if err != nil {
		return nil, err
	}
	out := &chatpb.SyncResponse{NextSince: page.NextSince, More: page.More, Reset_: page.Reset}
	for _, c := range page.Conversations {
		out.Conversations = append(out.Conversations, &chatpb.SyncConversation{
			Conversation: conversationOf(c.Conversation, me), Messages: c.Messages, HasMore: c.HasMore,
			DeletedSeqs: c.Deleted, DeletedMore: c.DeletedMore,
		})
	}
	return out, nil
}
