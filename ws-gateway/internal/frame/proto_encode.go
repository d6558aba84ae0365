package frame

import (
	"strings"

	"google.golang.org/protobuf/proto"

	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/proto/gen/wsgatewaypb"
	"im-backend/common/proto/gen/wspb"
	"im-backend/common/utils/errs"
)

// protoCodec is im.v1.proto: every frame is one message in a binary frame.
type protoCodec struct{}

// marshal makes the frame of a message. It fails for text that is not UTF-8.
func marshal(m *wspb.ServerFrame) ([]byte, error) {
	buf, err := proto.MarshalOptions{UseCachedSize: true}.MarshalAppend(open(proto.Size(m)), m)
	if err != nil {
		return nil, errs.ErrInternal.Because(err)
	}
	return seal(finBinary, buf), nil
}

// encode is marshal for messages whose text came in as protobuf, or is our own: it is UTF-8.
func encode(m *wspb.ServerFrame) []byte {
	f, _ := marshal(m)
	return f
}

// Pinged implements Codec.
func (protoCodec) Pinged(id string, now int64) []byte {
	return encode(&wspb.ServerFrame{Id: id, Frame: &wspb.ServerFrame_Pinged{Pinged: &wspb.PingAnswer{ServerTime: now}}})
}

// Sent implements Codec.
func (protoCodec) Sent(id string, r *chatpb.SendResponse) []byte {
	return encode(&wspb.ServerFrame{Id: id, Frame: &wspb.ServerFrame_Sent{Sent: &wspb.SendAnswer{
		MessageId: r.GetMessageId(), ConversationId: r.GetConversationId(), Seq: r.GetSeq(), ServerTime: r.GetServerTime(),
	}}})
}

// WasRead implements Codec.
func (protoCodec) WasRead(id string, readSeq int64) []byte {
	return encode(&wspb.ServerFrame{Id: id, Frame: &wspb.ServerFrame_WasRead{WasRead: &wspb.ReadAnswer{ReadSeq: readSeq}}})
}

// WasDelivered implements Codec.
func (protoCodec) WasDelivered(id string, deliveredSeq int64) []byte {
	return encode(&wspb.ServerFrame{Id: id, Frame: &wspb.ServerFrame_WasDelivered{WasDelivered: &wspb.DeliveredAnswer{
		DeliveredSeq: deliveredSeq,
	}}})
}

// TypingTaken implements Codec.
func (protoCodec) TypingTaken(id string) []byte {
	return encode(&wspb.ServerFrame{Id: id, Frame: &wspb.ServerFrame_TypingTaken{TypingTaken: &wspb.TypingAnswer{}}})
}

// Synced implements Codec.
func (protoCodec) Synced(id string, page *chatpb.SyncResponse) ([]byte, error) {
	out := &wspb.SyncAnswer{NextSince: page.GetNextSince(), More: page.GetMore(), Reset_: page.GetReset_()}
	for _, c := range page.GetConversations() {
		entries := make([]*wspb.Message, 0, len(c.GetMessages()))
		for _, e := range c.GetMessages() {
			entries = append(entries, protoMessage(e))
		}
		out.Conversations = append(out.Conversations, &wspb.SyncConversation{
			Conversation: protoConversation(c.GetConversation()), Messages: entries, HasMore: c.GetHasMore(),
			DeletedSeqs: c.GetDeletedSeqs(), DeletedMore: c.GetDeletedMore(),
		})
	}
	return marshal(&wspb.ServerFrame{Id: id, Frame: &wspb.ServerFrame_Synced{Synced: out}})
}

// Failed implements Codec.
func (protoCodec) Failed(id string, err error) []byte {
	e := errs.From(err)
	out := &wspb.Error{
		Reason: e.Reason, Message: utf8Text(e.Message), Retryable: errs.Retryable(e), RetryAfterMs: e.RetryAfter.Milliseconds(),
	}
	for _, f := range e.Fields {
		out.Fields = append(out.Fields, &wspb.Field{Field: utf8Text(f.Field), Message: utf8Text(f.Message)})
	}
	return encode(&wspb.ServerFrame{Id: id, Frame: &wspb.ServerFrame_Error{Error: out}})
}

// utf8Text is s as protobuf has it: a message for people may quote what somebody sent.
func utf8Text(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// Hello implements Codec.
func (protoCodec) Hello(w Welcome) []byte {
	return encode(&wspb.ServerFrame{Frame: &wspb.ServerFrame_Hello{Hello: &wspb.Hello{
		UserId: int64(w.User), SessionId: w.Session, DeviceId: w.Device, ConnectionId: w.ConnectionID,
		HeartbeatMs: w.HeartbeatMs, ServerTime: w.ServerTime,
	}}})
}

// Message implements Codec.
func (protoCodec) Message(e *logpb.Entry) []byte {
	return encode(&wspb.ServerFrame{Frame: &wspb.ServerFrame_Message{Message: protoMessage(e)}})
}

// Read implements Codec.
func (protoCodec) Read(conversation string, user model.UserID, seq int64) []byte {
	return encode(&wspb.ServerFrame{Frame: &wspb.ServerFrame_Read{Read: &wspb.Read{
		ConversationId: conversation, UserId: int64(user), Seq: seq,
	}}})
}

// Delivered implements Codec.
func (protoCodec) Delivered(conversation string, user model.UserID, seq int64) []byte {
	return encode(&wspb.ServerFrame{Frame: &wspb.ServerFrame_Delivered{Delivered: &wspb.Delivered{
		ConversationId: conversation, UserId: int64(user), Seq: seq,
	}}})
}

// Conversation implements Codec.
func (protoCodec) Conversation(s *wsgatewaypb.ConversationEvent) []byte {
	return encode(&wspb.ServerFrame{Frame: &wspb.ServerFrame_Conversation{Conversation: &wspb.ConversationState{
		ConversationId: s.GetConversationId(), Version: s.GetVersion(), Pinned: s.GetPinned(), MutedUntil: s.GetMutedUntil(),
		Draft: s.GetDraft(), MarkedUnread: s.GetMarkedUnread(), Archived: s.GetArchived(), Hidden: s.GetHidden(),
		MinSeq: s.GetMinSeq(), ReadSeq: s.GetReadSeq(), Unread: s.GetUnread(), DeletedSeqs: s.GetDeletedSeqs(),
	}}})
}

// Typing implements Codec.
func (protoCodec) Typing(conversation string, user model.UserID) []byte {
	return encode(&wspb.ServerFrame{Frame: &wspb.ServerFrame_Typing{Typing: &wspb.Typing{
		ConversationId: conversation, UserId: int64(user),
	}}})
}

// Heads implements Codec.
func (protoCodec) Heads(items []Head) []byte {
	out := &wspb.Heads{}
	for _, h := range items {
		out.Items = append(out.Items, &wspb.Head{ConversationId: h.ConversationID, MaxSeq: h.MaxSeq})
	}
	return encode(&wspb.ServerFrame{Frame: &wspb.ServerFrame_Heads{Heads: out}})
}

// Followed implements Codec.
func (protoCodec) Followed(id string, items []Presence) []byte {
	out := &wspb.PresenceAnswer{Items: make([]*wspb.Presence, 0, len(items))}
	for _, p := range items {
		out.Items = append(out.Items, protoPresence(p))
	}
	return encode(&wspb.ServerFrame{Id: id, Frame: &wspb.ServerFrame_PresenceSubscribed{PresenceSubscribed: out}})
}

// Presence implements Codec.
func (protoCodec) Presence(p Presence) []byte {
	return encode(&wspb.ServerFrame{Frame: &wspb.ServerFrame_Presence{Presence: protoPresence(p)}})
}

func protoPresence(p Presence) *wspb.Presence {
	return &wspb.Presence{
		UserId: int64(p.User), Online: len(p.Platforms) > 0, Platforms: p.Platforms, LastSeenAt: p.LastSeenAt,
	}
}

// Kicked implements Codec.
func (protoCodec) Kicked(reason string) []byte {
	return encode(&wspb.ServerFrame{Frame: &wspb.ServerFrame_Kicked{Kicked: &wspb.Kicked{Reason: reason}}})
}

// GoAway implements Codec.
func (protoCodec) GoAway(reconnectAfterMs int64) []byte {
	return encode(&wspb.ServerFrame{Frame: &wspb.ServerFrame_Goaway{Goaway: &wspb.GoAway{ReconnectAfterMs: reconnectAfterMs}}})
}

// protoMessage is an entry as clients see it.
func protoMessage(e *logpb.Entry) *wspb.Message {
	out := &wspb.Message{
		ConversationId: e.GetConversationId(), Seq: e.GetSeq(), MessageId: e.GetMessageId(), ClientMsgId: e.GetClientMsgId(),
		SenderId: e.GetSenderId(), Type: e.GetType(), Content: e.GetContent(), ReplyToSeq: e.GetReplyToSeq(),
		Mentions: e.GetMentions(), CreatedAt: e.GetCreatedAt(), EditedAt: e.GetEditedAt(), RecalledAt: e.GetRecalledAt(),
		ReactionSeq: e.GetReactionSeq(), ExpireAfterRead: e.GetExpireAfterRead(),
	}
	for _, r := range e.GetReactions() {
		out.Reactions = append(out.Reactions, &wspb.Reaction{Emoji: r.GetEmoji(), Count: r.GetCount(), Mine: r.GetMine()})
	}
	return out
}

func protoConversation(c *chatpb.Conversation) *wspb.Conversation {
	out := &wspb.Conversation{
		ConversationId: c.GetConversationId(), Type: c.GetType(), MaxSeq: c.GetMaxSeq(), MinSeq: c.GetMinSeq(),
		ReadSeq: c.GetReadSeq(), Unread: c.GetUnread(), Mentioned: c.GetMentioned(), Pinned: c.GetPinned(),
		MutedUntil: c.GetMutedUntil(), Draft: c.GetDraft(), UpdatedAt: c.GetUpdatedAt(), Archived: c.GetArchived(),
		MarkedUnread: c.GetMarkedUnread(), PeerReadSeq: c.GetPeerReadSeq(), PeerDeliveredSeq: c.GetPeerDeliveredSeq(),
		Version: c.GetVersion(), Hidden: c.GetHidden(),
		MentionCount: c.GetMentionCount(), FirstMentionSeq: c.GetFirstMentionSeq(),
	}
	if p := c.GetPeer(); p != nil {
		out.Peer = &wspb.Peer{
			UserId: p.GetUserId(), Username: p.GetUsername(), Nickname: p.GetNickname(), AvatarUrl: p.GetAvatarUrl(),
		}
	}
	if g := c.GetGroup(); g != nil {
		out.Group = &wspb.Group{
			GroupId: g.GetGroupId(), Name: g.GetName(), AvatarUrl: g.GetAvatarUrl(), MemberCount: g.GetMemberCount(),
		}
	}
	if last := c.GetLastMessage(); last != nil {
		out.LastMessage = protoMessage(last)
	}
	return out
}
