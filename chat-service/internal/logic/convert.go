// Package logic serves the calls of chat-service: it decodes, makes one call into a room, and encodes.
package logic

import (
	"im-backend/chat-service/internal/committer"
	"im-backend/chat-service/internal/sending"
	"im-backend/chat-service/internal/timeline"
	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/utils/errs"
)

func draftOf(m *chatpb.Message) sending.Draft {
	return sending.Draft{
		ClientMsgID: m.GetClientMsgId(), ConversationID: m.GetConversationId(), ToUser: model.UserID(m.GetToUserId()),
		ToGroup: model.GroupID(m.GetGroupId()), Type: m.GetType(), Content: m.GetContent(), ReplyToSeq: m.GetReplyToSeq(),
		Mentions: m.GetMentions(), ExpireAfterRead: m.GetExpireAfterRead(),
	}
}

func settingsOf(s *chatpb.GroupSettings) *committer.Settings {
	if s == nil {
		return nil
	}
	return &committer.Settings{
		MutedAllUntil: s.GetMutedAllUntil(), SlowModeSeconds: s.GetSlowModeSeconds(), MentionAllRole: s.GetMentionAllRole(),
	}
}

func sendResponseOf(r sending.Result) *chatpb.SendResponse {
	return &chatpb.SendResponse{
		MessageId: r.MessageID, ConversationId: r.ConversationID, Seq: r.Seq, ServerTime: r.CreatedAt, RepeatedSend: r.Repeated,
	}
}

func changeResponseOf(r committer.Result, err error) (*chatpb.ChangeResponse, error) {
	if err != nil {
		return nil, err
	}
	return &chatpb.ChangeResponse{MessageId: r.MessageID, Seq: r.Seq, ServerTime: r.CreatedAt, Unchanged: r.Repeated}, nil
}

func failureOf(err error) *chatpb.Failure {
	e := errs.From(err)
	f := &chatpb.Failure{Reason: e.Reason, Message: e.Message, RetryAfterMs: e.RetryAfter.Milliseconds()}
	for _, field := range e.Fields {
		f.Fields = append(f.Fields, &chatpb.FieldFailure{Field: field.Field, Message: field.Message})
	}
	return f
}

func conversationOf(c *timeline.Conversation, me model.UserID) *chatpb.Conversation {
	v := c.View
	out := &chatpb.Conversation{
		ConversationId: c.ID, Type: c.Parsed.Type.String(), MaxSeq: v.Visible(), MinSeq: v.First(), ReadSeq: v.ReadSeq,
		Unread: c.Unread, Mentioned: c.Mentions > 0, MentionCount: c.Mentions, FirstMentionSeq: c.FirstMention,
		Pinned: v.PinnedAt > 0, MutedUntil: v.MutedUntil, Draft: v.Draft,
		LastMessage: c.Last, UpdatedAt: v.Stamp, Archived: v.Archived, MarkedUnread: v.Marked(), Version: v.UpdatedAt,
		Hidden: v.Hidden(), PeerReadSeq: c.Their.ReadSeq, PeerDeliveredSeq: c.Their.DeliveredSeq,
	}
	switch c.Parsed.Type {
	case model.Single:
		out.Peer = &chatpb.PeerSummary{
			UserId: int64(c.Parsed.Peer(me)), Username: c.Peer.GetUsername(), Nickname: c.Peer.GetNickname(),
			AvatarUrl: c.Peer.GetAvatarUrl(),
		}
	case model.Group:
		out.Group = &chatpb.GroupSummary{
			GroupId: int64(c.Parsed.Group), Name: c.Group.GetName(), AvatarUrl: c.Group.GetAvatarUrl(),
			MemberCount: c.Group.GetMemberCount(),
		}
	case model.Notification:
	}
	return out
}

func conversationsOf(list []*timeline.Conversation, me model.UserID) []*chatpb.Conversation {
	out := make([]*chatpb.Conversation, len(list))
	for i, c := range list {
		out[i] = conversationOf(c, me)
	}
	return out
}
