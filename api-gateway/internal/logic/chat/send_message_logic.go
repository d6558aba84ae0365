// Code scaffolded by goctl. Safe to edit.

package chat

import (
	"context"
	"fmt"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/api-gateway/internal/caller"
	"im-backend/api-gateway/internal/svc"
	"im-backend/api-gateway/internal/types"
	"im-backend/api-gateway/internal/view"
	"im-backend/common/proto/gen/chatpb"
)

// SendMessageLogic serves one call.
type SendMessageLogic struct {
	logx.Logger
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewSendMessageLogic is called by the handler for every call.
func NewSendMessageLogic(ctx context.Context, svcCtx *svc.ServiceContext) *SendMessageLogic {
	return &SendMessageLogic{Logger: logx.WithContext(ctx), ctx: ctx, svcCtx: svcCtx}
}

// SendMessage stores a message. Its content goes on as the bytes that came.
func (l *SendMessageLogic) SendMessage(req *types.SendMessageRequest) (*types.SendResult, error) {
	message, err := newMessage(req)
	if err != nil {
		return nil, err
	}
	got, err := l.svcCtx.Chat.Send(l.ctx, &chatpb.SendRequest{SenderId: caller.UserID(l.ctx), Message: message})
	if err != nil {
		return nil, fmt.Errorf("send message: %w", err)
	}
	return &types.SendResult{
		SentMessage: types.SentMessage{
			MessageId: view.ID(got.GetMessageId()), ConversationId: got.GetConversationId(), Seq: got.GetSeq(),
			ServerTime: got.GetServerTime(),
		},
		Repeated: got.GetRepeatedSend(),
	}, nil
}
