package logic

import (
	"context"

	"im-backend/chat-service/internal/svc"
	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
)

// MarkReadLogic serves one call.
type MarkReadLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewMarkReadLogic is called by the generated server for every call.
func NewMarkReadLogic(ctx context.Context, svcCtx *svc.ServiceContext) *MarkReadLogic {
	return &MarkReadLogic{ctx: ctx, svcCtx: svcCtx}
}

// MarkRead moves the caller's read position forward; a lower seq changes nothing. Errors: CONVERSATION_NOT_FOUND.
func (l *MarkReadLogic) MarkRead(in *chatpb.MarkReadRequest) (*chatpb.MarkReadResponse, error) {
	seq, err := l.svcCtx.Position.Read(l.ctx, model.UserID(in.GetUserId()), in.GetConversationId(), in.GetSeq(),
		in.GetSessionId())
	if err != nil {
		return nil, err
	}
	return &chatpb.MarkReadResponse{ReadSeq: seq}, nil
}
