// Code scaffolded by goctl. Safe to edit.

package chat

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/api-gateway/internal/caller"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/utils/errs"
)

// ScheduleMessageLogic serves one call.
type ScheduleMessageLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewScheduleMessageLogic is called by the handler for every call.
func NewScheduleMessageLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ScheduleMessageLogic {
	return &ScheduleMessageLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// ScheduleMessage keeps a message until its time comes.
func (l *ScheduleMessageLogic) ScheduleMessage(req *types.ScheduleMessageRequest) (*types.CreatedScheduledMessage, error) {
	body, ok := req.Message.(*json.RawMessage)
	if !ok {
		return nil, errs.InvalidField("message", "is required")
	}
	message := types.SendMessageRequest{Content: &json.RawMessage{}}
	if err := json.Unmarshal(*body, &message); err != nil {
		return nil, errs.InvalidField("message", "as the body of POST /messages")
	}
	m, err := newMessage(&message)
	if err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Chat.ScheduleMessage(l.ctx, &chatpb.ScheduleMessageRequest{
		UserId: caller.UserID(l.ctx), SendAt: req.SendAt, Message: m,
	})
	if err != nil {
		return nil, fmt.Errorf("schedule message: %w", err)
	}
	return (*types.CreatedScheduledMessage)(scheduledMessage(got.GetScheduled())), nil
}

// scheduledMessage is what an answer says of a scheduled message.
func scheduledMessage(m *chatpb.ScheduledMessage) *types.ScheduledMessage {
	d := m.GetMessage()
	out := &types.ScheduledMessage{
		ScheduledID: model.UserID(m.GetScheduledId()).String(), SendAt: m.GetSendAt(), Status: m.GetStatus(), Reason: m.GetReason(),
		CreatedAt: m.GetCreatedAt(),
		Message: types.ScheduledContent{
			ClientMsgID: d.GetClientMsgId(), ConversationID: d.GetConversationId(), Type: d.GetType(), Content: d.GetContent(),
			ReplyToSeq: d.GetReplyToSeq(), Mentions: d.GetMentions(), ExpireAfterRead: d.GetExpireAfterRead(),
		},
	}
	if d.GetToUserId() != 0 {
		out.Message.ToUserID = model.UserID(d.GetToUserId()).String()
	}
	if d.GetGroupId() != 0 {
		out.Message.GroupID = model.GroupID(d.GetGroupId()).String()
	}
	return out
}
