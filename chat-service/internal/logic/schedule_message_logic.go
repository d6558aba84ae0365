package logic

import (
	"context"

	"im-backend/chat-service/internal/schedule"
	"im-backend/chat-service/internal/svc"
	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
)

// ScheduleMessageLogic serves one call.
type ScheduleMessageLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewScheduleMessageLogic is called by the generated server for every call.
func NewScheduleMessageLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ScheduleMessageLogic {
	return &ScheduleMessageLogic{ctx: ctx, svcCtx: svcCtx}
}

// ScheduleMessage keeps a message until its time comes and sends it then, once.
func (l *ScheduleMessageLogic) ScheduleMessage(in *chatpb.ScheduleMessageRequest) (*chatpb.ScheduleMessageResponse, error) {
	m, err := l.svcCtx.Schedule.Add(l.ctx, model.UserID(in.GetUserId()), in.GetSendAt(), draftOf(in.GetMessage()))
	if err != nil {
		return nil, err
	}
	return &chatpb.ScheduleMessageResponse{Scheduled: scheduledOf(m)}, nil
}

func scheduledOf(m *schedule.Message) *chatpb.ScheduledMessage {
	status := "pending"
	if m.Failed {
		status = "failed"
	}
	d := m.Draft
	return &chatpb.ScheduledMessage{
		ScheduledId: m.ID, SendAt: m.SendAt, Status: status, Reason: m.Reason, CreatedAt: m.CreatedAt,
		Message: &chatpb.Message{
			ClientMsgId: d.ClientMsgID, ConversationId: d.ConversationID, ToUserId: int64(d.ToUser), GroupId: int64(d.ToGroup),
			Type: d.Type, Content: d.Content, ReplyToSeq: d.ReplyToSeq, Mentions: d.Mentions,
			ExpireAfterRead: d.ExpireAfterRead,
		},
	}
}
