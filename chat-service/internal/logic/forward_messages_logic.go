package logic

import (
	"context"

	"im-backend/chat-service/internal/forward"
	"im-backend/chat-service/internal/svc"
	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
)

// ForwardMessagesLogic serves one call.
type ForwardMessagesLogic struct {
	ctx    context.Context
	svcCtx *svc.ServiceContext
}

// NewForwardMessagesLogic is called by the generated server for every call.
func NewForwardMessagesLogic(ctx context.Context, svcCtx *svc.ServiceContext) *ForwardMessagesLogic {
	return &ForwardMessagesLogic{ctx: ctx, svcCtx: svcCtx}
}

// ForwardMessages sends copies of messages that the caller may see to other conversations.
func (l *ForwardMessagesLogic) ForwardMessages(in *chatpb.ForwardMessagesRequest) (*chatpb.ForwardMessagesResponse, error) {
	copies, err := l.svcCtx.Forwarder.Forward(l.ctx, model.UserID(in.GetUserId()), forward.Request{
		From: in.GetFromConversationId(), Seqs: in.GetSeqs(), To: in.GetToConversationIds(), Merge: in.GetMerge(),
		Title: in.GetTitle(), ClientMsgID: in.GetClientMsgId(),
	})
	if err != nil {
		return nil, err
	}
	out := &chatpb.ForwardMessagesResponse{}
	for _, c := range copies {
		item := &chatpb.ForwardedMessage{ConversationId: c.ConversationID, FromSeq: c.FromSeq}
		if c.Err != nil {
			item.Failure = failureOf(c.Err)
		} else {
			item.MessageId, item.Seq = c.Result.MessageID, c.Result.Seq
		}
		out.Items = append(out.Items, item)
	}
	return out, nil
}
