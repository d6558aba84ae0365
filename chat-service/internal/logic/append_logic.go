package logic

import (
	"context"

	"im-backend/chat-service/internal/committer"
	"im-backend/chat-service/internal/svc"
	"im-backend/common/proto/gen/chatpb"
)

// AppendLogic serves one call.
type AppendLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewAppendLogic is called by the generated server for every call.
func NewAppendLogic(ctx context.Context, svcCtx *svc.ServiceContext) *AppendLogic {
	return &AppendLogic{ctx: ctx, svcCtx: svcCtx}
}

// Append stores a system entry and moves the membership projection in the same transaction. Idempotent by append_id.
func (l *AppendLogic) Append(in *chatpb.AppendRequest) (*chatpb.AppendResponse, error) {
	result, err := l.svcCtx.Sending.Append(l.ctx, in.GetConversationId(), committer.Append{
		ID: in.GetAppendId(), Content: in.GetContent(), Changes: in.GetChanges(), Creates: in.GetCreates(),
		Dismisses: in.GetDismisses(), Settings: settingsOf(in.GetSettings()),
	})
	if err != nil {
		return nil, err
	}
	return &chatpb.AppendResponse{MessageId: result.MessageID, Seq: result.Seq}, nil
}
