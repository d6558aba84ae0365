// Package chat serves conversations and messages: who calls, one RPC, the answer.
package chat

import (
	"encoding/json"

	"im-backend/api-gateway/internal/input"
	"im-backend/api-gateway/internal/types"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/utils/errs"
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
	content, ok := req.Content.(*json.RawMessage)
	if !ok || len(*content) == 0 {
		return nil, errs.InvalidField("content", "is required")
	}
	return &chatpb.Message{
		ClientMsgId: req.ClientMsgId, ConversationId: req.ConversationId, ToUserId: to, GroupId: group, Type: req.Type,
		Content: *content, ReplyToSeq: req.ReplyToSeq, Mentions: req.Mentions,
	}, nil
}
