package wire

import (
	"encoding/json"
	"strconv"

	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/wsgatewaypb"
)

// Peer is the other user of a single conversation.
type Peer struct {
	UserID    string `json:"userId"`
	Username  string `json:"username"`
	Nickname  string `json:"nickname"`
	AvatarURL string `json:"avatarUrl"`
}

// Group is the group of a group conversation.
type Group struct {
	GroupID     string `json:"groupId"`
	Name        string `json:"name"`
	AvatarURL   string `json:"avatarUrl"`
	MemberCount int32  `json:"memberCount"`
}

// Conversation is a conversation as one member sees it.
type Conversation struct {
	ConversationID string          `json:"conversationId"`
	Type           string          `json:"type"`
	Peer           *Peer           `json:"peer,omitempty"`
	Group          *Group          `json:"group,omitempty"`
	MaxSeq         int64           `json:"maxSeq"`
	MinSeq         int64           `json:"minSeq"`
	ReadSeq        int64           `json:"readSeq"`
	Unread         int64           `json:"unread"`
	Mentioned      bool            `json:"mentioned"`
	MentionCount   int64           `json:"mentionCount"`              // unread messages that mention the member
	FirstMention   int64           `json:"firstMentionSeq,omitempty"` // the first of them
	Pinned         bool            `json:"pinned"`
	MutedUntil     int64           `json:"mutedUntil"`
	Draft          string          `json:"draft"`
	LastMessage    json.RawMessage `json:"lastMessage"` // null while there is none
	UpdatedAt      int64           `json:"updatedAt"`
	Archived       bool            `json:"archived"`
	MarkedUnread   bool            `json:"markedUnread"`
	Hidden         bool            `json:"hidden"` // left out of lists until the next entry
	PeerReadSeq    int64           `json:"peerReadSeq,omitempty"`
	PeerDelivered  int64           `json:"peerDeliveredSeq,omitempty"`
	Version        int64           `json:"version"` // grows with every change of one's own state of the conversation
}

// ConversationState is one's own state of a conversation, as another device has changed it. The highest version counts.
type ConversationState struct {
	ConversationID string  `json:"conversationId"`
	Version        int64   `json:"version"`
	Pinned         bool    `json:"pinned"`
	MutedUntil     int64   `json:"mutedUntil"`
	Draft          string  `json:"draft"`
	MarkedUnread   bool    `json:"markedUnread"`
	Archived       bool    `json:"archived"`
	Hidden         bool    `json:"hidden"`
	MinSeq         int64   `json:"minSeq"` // what stands before it is gone
	ReadSeq        int64   `json:"readSeq"`
	Unread         int64   `json:"unread"`
	DeletedSeqs    []int64 `json:"deletedSeqs,omitempty"` // what this change deleted
}

// NewConversationState makes the JSON form of a state.
func NewConversationState(s *wsgatewaypb.ConversationEvent) ConversationState {
	return ConversationState{
		ConversationID: s.GetConversationId(), Version: s.GetVersion(), Pinned: s.GetPinned(), MutedUntil: s.GetMutedUntil(),
		Draft: s.GetDraft(), MarkedUnread: s.GetMarkedUnread(), Archived: s.GetArchived(), Hidden: s.GetHidden(),
		MinSeq: s.GetMinSeq(), ReadSeq: s.GetReadSeq(), Unread: s.GetUnread(), DeletedSeqs: s.GetDeletedSeqs(),
	}
}

// SyncConversation is a conversation that changed, with its newest or the asked entries, ascending by seq.
type SyncConversation struct {
	Conversation
	Messages []json.RawMessage `json:"messages"`
	HasMore  bool              `json:"hasMore"`
	// DeletedSeqs are entries that the user has deleted for itself since the token, ascending; DeletedMore says that there are
	// more of them, so that what is held of the conversation has to be read again.
	DeletedSeqs []int64 `json:"deletedSeqs,omitempty"`
	DeletedMore bool    `json:"deletedMore,omitempty"`
}

// SyncPage is the answer to a sync.
type SyncPage struct {
	Conversations []SyncConversation `json:"conversations"`
	NextSince     string             `json:"nextSince"`
	More          bool               `json:"more"`
	Reset         bool               `json:"reset"`
}

// NewConversation makes the JSON form of a conversation.
func NewConversation(c *chatpb.Conversation) Conversation {
	out := Conversation{
		ConversationID: c.GetConversationId(),
		Type:           c.GetType(),
		MaxSeq:         c.GetMaxSeq(),
		MinSeq:         c.GetMinSeq(),
		ReadSeq:        c.GetReadSeq(),
		Unread:         c.GetUnread(),
		Mentioned:      c.GetMentioned(),
		MentionCount:   c.GetMentionCount(),
		FirstMention:   c.GetFirstMentionSeq(),
		Pinned:         c.GetPinned(),
		MutedUntil:     c.GetMutedUntil(),
		Draft:          c.GetDraft(),
		LastMessage:    json.RawMessage("null"),
		UpdatedAt:      c.GetUpdatedAt(),
		Archived:       c.GetArchived(),
		MarkedUnread:   c.GetMarkedUnread(),
		Hidden:         c.GetHidden(),
		PeerReadSeq:    c.GetPeerReadSeq(),
		PeerDelivered:  c.GetPeerDeliveredSeq(),
		Version:        c.GetVersion(),
	}
	if p := c.GetPeer(); p != nil {
		out.Peer = &Peer{
			UserID: strconv.FormatInt(p.GetUserId(), 10), Username: p.GetUsername(), Nickname: p.GetNickname(),
			AvatarURL: p.GetAvatarUrl(),
		}
	}
	if g := c.GetGroup(); g != nil {
		out.Group = &Group{
			GroupID: strconv.FormatInt(g.GetGroupId(), 10), Name: g.GetName(), AvatarURL: g.GetAvatarUrl(),
			MemberCount: g.GetMemberCount(),
		}
	}
	if last := c.GetLastMessage(); last != nil {
		out.LastMessage = AppendMessage(nil, last)
	}
	return out
}

// NewSyncPage makes the JSON form of a sync answer.
func NewSyncPage(r *chatpb.SyncResponse) SyncPage {
	page := SyncPage{
		Conversations: make([]SyncConversation, 0, len(r.GetConversations())),
		NextSince:     r.GetNextSince(), More: r.GetMore(), Reset: r.GetReset_(),
	}
	for _, c := range r.GetConversations() {
		page.Conversations = append(page.Conversations, SyncConversation{
			Conversation: NewConversation(c.GetConversation()), Messages: RawMessages(c.GetMessages()), HasMore: c.GetHasMore(),
			DeletedSeqs: c.GetDeletedSeqs(), DeletedMore: c.GetDeletedMore(),
		})
	}
	return page
}
