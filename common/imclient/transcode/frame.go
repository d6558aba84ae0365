package transcode

import (
	"encoding/json"
	"fmt"
	"strconv"

	"google.golang.org/protobuf/proto"

	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/proto/gen/wsgatewaypb"
	"im-backend/common/proto/gen/wspb"
	"im-backend/common/utils/wire"
)

// object is a JSON object.
type object map[string]any

// Frame is the JSON form of a ServerFrame's payload. Errors: ErrUnknown for a frame that this version does not know.
func Frame(payload []byte) ([]byte, error) {
	in := &wspb.ServerFrame{}
	if err := proto.Unmarshal(payload, in); err != nil {
		return nil, fmt.Errorf("decode frame: %w", err)
	}
	kind, data := event(in)
	if kind == "" {
		kind, data = "ok", answer(in)
	}
	out := object{"type": kind, "data": data}
	switch e := in.GetError(); {
	case e != nil:
		out = object{"type": "error", "error": failure(e)}
	case data == nil:
		return nil, ErrUnknown
	}
	if in.GetId() != "" {
		out["id"] = in.GetId()
	}
	text, err := json.Marshal(out)
	if err != nil {
		return nil, fmt.Errorf("encode frame: %w", err)
	}
	return text, nil
}

func event(in *wspb.ServerFrame) (kind string, data any) {
	switch f := in.GetFrame().(type) {
	case *wspb.ServerFrame_Hello:
		h := f.Hello
		return "hello", object{
			"userId": decimal(h.GetUserId()), "sessionId": decimal(h.GetSessionId()), "deviceId": h.GetDeviceId(),
			"connectionId": h.GetConnectionId(), "heartbeatMs": h.GetHeartbeatMs(), "serverTime": h.GetServerTime(),
		}
	case *wspb.ServerFrame_Message:
		return "message", json.RawMessage(wire.AppendMessage(nil, entry(f.Message)))
	case *wspb.ServerFrame_Read:
		return "read", object{
			"conversationId": f.Read.GetConversationId(), "userId": decimal(f.Read.GetUserId()), "seq": f.Read.GetSeq(),
		}
	case *wspb.ServerFrame_Delivered:
		return "delivered", object{
			"conversationId": f.Delivered.GetConversationId(), "userId": decimal(f.Delivered.GetUserId()), "seq": f.Delivered.GetSeq(),
		}
	case *wspb.ServerFrame_Conversation:
		return "conversation", wire.NewConversationState(state(f.Conversation))
	case *wspb.ServerFrame_Typing:
		return "typing", object{"conversationId": f.Typing.GetConversationId(), "userId": decimal(f.Typing.GetUserId())}
	case *wspb.ServerFrame_Heads:
		items := make([]object, 0, len(f.Heads.GetItems()))
		for _, h := range f.Heads.GetItems() {
			items = append(items, object{"conversationId": h.GetConversationId(), "maxSeq": h.GetMaxSeq()})
		}
		return "heads", object{"items": items}
	case *wspb.ServerFrame_Presence:
		return "presence", presence(f.Presence)
	case *wspb.ServerFrame_Goaway:
		return "goaway", object{"reconnectAfterMs": f.Goaway.GetReconnectAfterMs()}
	case *wspb.ServerFrame_Kicked:
		return "kicked", object{"reason": f.Kicked.GetReason()}
	}
	return "", nil
}

func answer(in *wspb.ServerFrame) any {
	switch f := in.GetFrame().(type) {
	case *wspb.ServerFrame_Pinged:
		return object{"serverTime": f.Pinged.GetServerTime()}
	case *wspb.ServerFrame_Sent:
		return object{
			"messageId": decimal(f.Sent.GetMessageId()), "conversationId": f.Sent.GetConversationId(), "seq": f.Sent.GetSeq(),
			"serverTime": f.Sent.GetServerTime(),
		}
	case *wspb.ServerFrame_WasRead:
		return object{"readSeq": f.WasRead.GetReadSeq()}
	case *wspb.ServerFrame_WasDelivered:
		return object{"deliveredSeq": f.WasDelivered.GetDeliveredSeq()}
	case *wspb.ServerFrame_TypingTaken:
		return object{}
	case *wspb.ServerFrame_Synced:
		return wire.NewSyncPage(page(f.Synced))
	case *wspb.ServerFrame_PresenceSubscribed:
		items := make([]object, 0, len(f.PresenceSubscribed.GetItems()))
		for _, p := range f.PresenceSubscribed.GetItems() {
			items = append(items, presence(p))
		}
		return object{"items": items}
	}
	return nil
}

func presence(p *wspb.Presence) object {
	out := object{
		"userId": decimal(p.GetUserId()), "online": p.GetOnline(), "platforms": append([]string{}, p.GetPlatforms()...),
	}
	if p.GetLastSeenAt() != 0 {
		out["lastSeenAt"] = p.GetLastSeenAt()
	}
	return out
}

func failure(e *wspb.Error) object {
	out := object{
		"reason": e.GetReason(), "message": e.GetMessage(), "retryable": e.GetRetryable(), "retryAfterMs": e.GetRetryAfterMs(),
	}
	fields := make([]object, 0, len(e.GetFields()))
	for _, f := range e.GetFields() {
		fields = append(fields, object{"field": f.GetField(), "message": f.GetMessage()})
	}
	if len(fields) > 0 {
		out["fields"] = fields
	}
	return out
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }

// entry is a message in the form that package wire writes.
func entry(m *wspb.Message) *logpb.Entry {
	out := &logpb.Entry{
		ConversationId: m.GetConversationId(), Seq: m.GetSeq(), MessageId: m.GetMessageId(), ClientMsgId: m.GetClientMsgId(),
		SenderId: m.GetSenderId(), Type: m.GetType(), Content: m.GetContent(), ReplyToSeq: m.GetReplyToSeq(),
		Mentions: m.GetMentions(), CreatedAt: m.GetCreatedAt(), EditedAt: m.GetEditedAt(), RecalledAt: m.GetRecalledAt(),
		ReactionSeq: m.GetReactionSeq(), ExpireAfterRead: m.GetExpireAfterRead(),
	}
	for _, r := range m.GetReactions() {
		out.Reactions = append(out.Reactions, &logpb.Reaction{Emoji: r.GetEmoji(), Count: r.GetCount(), Mine: r.GetMine()})
	}
	return out
}

func state(s *wspb.ConversationState) *wsgatewaypb.ConversationEvent {
	return &wsgatewaypb.ConversationEvent{
		ConversationId: s.GetConversationId(), Version: s.GetVersion(), Pinned: s.GetPinned(), MutedUntil: s.GetMutedUntil(),
		Draft: s.GetDraft(), MarkedUnread: s.GetMarkedUnread(), Archived: s.GetArchived(), Hidden: s.GetHidden(),
		MinSeq: s.GetMinSeq(), ReadSeq: s.GetReadSeq(), Unread: s.GetUnread(), DeletedSeqs: s.GetDeletedSeqs(),
	}
}

func page(in *wspb.SyncAnswer) *chatpb.SyncResponse {
	out := &chatpb.SyncResponse{NextSince: in.GetNextSince(), More: in.GetMore(), Reset_: in.GetReset_()}
	for _, c := range in.GetConversations() {
		entries := make([]*logpb.Entry, 0, len(c.GetMessages()))
		for _, m := range c.GetMessages() {
			entries = append(entries, entry(m))
		}
		out.Conversations = append(out.Conversations, &chatpb.SyncConversation{
			Conversation: conversation(c.GetConversation()), Messages: entries, HasMore: c.GetHasMore(),
			DeletedSeqs: c.GetDeletedSeqs(), DeletedMore: c.GetDeletedMore(),
		})
	}
	return out
}

func conversation(c *wspb.Conversation) *chatpb.Conversation {
	out := &chatpb.Conversation{
		ConversationId: c.GetConversationId(), Type: c.GetType(), MaxSeq: c.GetMaxSeq(), MinSeq: c.GetMinSeq(),
		ReadSeq: c.GetReadSeq(), Unread: c.GetUnread(), Mentioned: c.GetMentioned(), Pinned: c.GetPinned(),
		MutedUntil: c.GetMutedUntil(), Draft: c.GetDraft(), UpdatedAt: c.GetUpdatedAt(), Archived: c.GetArchived(),
		MarkedUnread: c.GetMarkedUnread(), PeerReadSeq: c.GetPeerReadSeq(), PeerDeliveredSeq: c.GetPeerDeliveredSeq(),
		Version: c.GetVersion(), Hidden: c.GetHidden(),
		MentionCount: c.GetMentionCount(), FirstMentionSeq: c.GetFirstMentionSeq(),
	}
	if p := c.GetPeer(); p != nil {
		out.Peer = &chatpb.PeerSummary{
			UserId: p.GetUserId(), Username: p.GetUsername(), Nickname: p.GetNickname(), AvatarUrl: p.GetAvatarUrl(),
		}
	}
	if g := c.GetGroup(); g != nil {
		out.Group = &chatpb.GroupSummary{
			GroupId: g.GetGroupId(), Name: g.GetName(), AvatarUrl: g.GetAvatarUrl(), MemberCount: g.GetMemberCount(),
		}
	}
	if last := c.GetLastMessage(); last != nil {
		out.LastMessage = entry(last)
	}
	return out
}
