package logic

import (
	"context"

	"im-backend/chat-service/internal/svc"
	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
)

// ListScheduledMessagesLogic serves one call.
type ListScheduledMessagesLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewListScheduledMessagesLogic is called by the generated server for every call.
func NewListScheduledMessagesLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ListScheduledMessagesLogic {
	return &ListScheduledMessagesLogic{ctx: ctx, svcCtx: svcCtx}
}

// ListScheduledMessages lists the messages of the caller that wait or were refused, in the order in which they were made.
func (l *ListScheduledMessagesLogic) ListScheduledMessages(in *chatpb.ListScheduledMessagesRequest) (*chatpb.ListScheduledMessagesResponse, error) {
	list, next, err := l.svcCtx.Schedule.List(l.ctx, model.UserID(in.GetUserId()), in.GetLimit(), in.GetCursor())
	if err != nil {
		return nil, err
	}
	out := &chatpb.ListScheduledMessagesResponse{NextCursor: next}
	for _, m := range list {
		out.Scheduled = append(out.Scheduled, scheduledOf(m))
	}
	return out, nil
}
