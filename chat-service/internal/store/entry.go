package store

import (
	"google.golang.org/protobuf/proto"

	"im-backend/chat-service/internal/message"
	"im-backend/common/model/imchat"
	"im-backend/common/proto/gen/logpb"
)

// Entry is a message row as it travels.
func Entry(m *imchat.Message) *logpb.Entry {
	e := &logpb.Entry{
		ConversationId: m.ConversationID, Seq: m.Seq, MessageId: m.MessageID, SenderId: m.SenderID, Type: m.Type,
		Content: m.Content, ReplyToSeq: m.ReplyToSeq, CreatedAt: m.CreatedAt, EditedAt: m.EditedAt, RecalledAt: m.RecalledAt,
		ReactionSeq: m.ReactedSeq, ExpireAfterRead: m.ExpireAfterRead,
	}
	if message.Is(m.Type) {
		e.ClientMsgId = m.ClientMsgID // any other entry's is an internal key
	}
	e.Mentions = message.MentionList(m.Mentions)
	if len(m.Changes) > 0 {
		var changes logpb.Entry
		if proto.Unmarshal(m.Changes, &changes) == nil {
			e.Changes = changes.GetChanges()
		}
	}
	return e
}
