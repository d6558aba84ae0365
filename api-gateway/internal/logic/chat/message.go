// Package chat serves conversations and messages: who calls, one RPC, the answer.
package chat

import (
	"encoding/json"

	"im-backend/api-gateway/internal/input"
	"im-backend/api-gateway/internal/types"
	"im-backend/api-gateway/internal/view"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/wire"
)

// newMessage makes the message of a request; chat-service checks all but the form of the ids.
func newMessage(req *types.SendMessageRequest) (*chatpb.Message, error) {
	to, err := input.OptionalID("toUserId", req.ToUserId)
	if err != nil {
		return nil, err
	}
	group, err := input.OptionalID("groupId", req.GroupId)
	if err != nil {
		return nil, err
	}
	content, err := rawContent(req.Content)
	if err != nil {
		return nil, err
	}
	return &chatpb.Message{
		ClientMsgId: req.ClientMsgId, ConversationId: req.ConversationId, ToUserId: to, GroupId: group, Type: req.Type,
		Content: content, ReplyToSeq: req.ReplyToSeq, Mentions: req.Mentions,
		ExpireAfterRead: req.ExpireAfterRead,
	}, nil
}

// rawContent is a content as the bytes that came.
func rawContent(content any) ([]byte, error) {
	raw, ok := content.(*json.RawMessage)
	if !ok || len(*raw) == 0 {
		return nil, errs.InvalidField("content", "is required")
	}
	return *raw, nil
}

// newChange says where the entry stands that changed a message.
func newChange(conversationID string, c *chatpb.ChangeResponse) *types.SentMessage {
	return &types.SentMessage{
		MessageId: view.ID(c.GetMessageId()), ConversationId: conversationID, Seq: c.GetSeq(), ServerTime: c.GetServerTime(),
	}
}

func newVersion(v *chatpb.MessageVersion) types.Version {
	return types.Version{
		Content: v.GetContent(), Mentions: append([]string{}, v.GetMentions()...), WrittenAt: v.GetWrittenAt(),
	}
}

func newPin(p *chatpb.PinnedMessage) types.Pin {
	return types.Pin{
		Message: wire.AppendMessage(nil, p.GetMessage()), PinnedBy: view.ID(p.GetPinnedBy()), PinnedAt: p.GetPinnedAt(),
	}
}

func newForwarded(c *chatpb.ForwardedMessage) types.ForwardedMessage {
	out := types.ForwardedMessage{ConversationId: c.GetConversationId(), FromSeq: c.GetFromSeq()}
	if f := c.GetFailure(); f != nil {
		out.Error = &types.ForwardError{Reason: f.GetReason(), Message: f.GetMessage()}
		return out
	}
	out.MessageId, out.Seq = view.ID(c.GetMessageId()), c.GetSeq()
	return out
}
