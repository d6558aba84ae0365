package imclient

import (
	"crypto/rand"

	"im-backend/common/utils/wire"
)

// Tokens are an access token and the refresh token that replaces both; times are unix milliseconds.
type Tokens struct {
	AccessToken      string `json:"accessToken"`
	AccessExpiresAt  int64  `json:"accessExpiresAt"`
	RefreshToken     string `json:"refreshToken"`
	RefreshExpiresAt int64  `json:"refreshExpiresAt"`
}

// DeviceInfo is what a client says of itself at login.
type DeviceInfo struct {
	DeviceID string `json:"deviceId"`
	Platform string `json:"platform"` // ios, android, web, windows, macos, linux, other
	Name     string `json:"name,omitempty"`
}

// User is a public profile.
type User struct {
	UserID    string `json:"userId"`
	Username  string `json:"username"`
	Nickname  string `json:"nickname"`
	AvatarURL string `json:"avatarUrl"`
	Bio       string `json:"bio"`
	Gender    string `json:"gender"`
	CreatedAt int64  `json:"createdAt"`
	Deleted   bool   `json:"deleted"` // only the id is left
}

// Settings are privacy choices.
type Settings struct {
	FindableByPhone    bool   `json:"findableByPhone"`
	FindableByEmail    bool   `json:"findableByEmail"`
	FindableByName     bool   `json:"findableByName"`
	ShowLastSeen       bool   `json:"showLastSeen"`
	FriendRequestsFrom string `json:"friendRequestsFrom"` // everyone or nobody
}

// Profile is one's own profile.
type Profile struct {
	User
	Phone    string   `json:"phone"`
	Email    string   `json:"email"`
	Settings Settings `json:"settings"`
}

// Presence is whether somebody has a device online. It is also the data of an event presence.
type Presence struct {
	UserID     string   `json:"userId"`
	Online     bool     `json:"online"`
	Platforms  []string `json:"platforms"`  // of the devices online, each once
	LastSeenAt int64    `json:"lastSeenAt"` // unix milliseconds; zero: not known, or not shown
}

// SessionInfo is one signed-in device.
type SessionInfo struct {
	SessionID  string `json:"sessionId"`
	DeviceID   string `json:"deviceId"`
	Platform   string `json:"platform"`
	Name       string `json:"name"`
	IP         string `json:"ip"`
	CreatedAt  int64  `json:"createdAt"`
	LastSeenAt int64  `json:"lastSeenAt"`
	Current    bool   `json:"current"`
}

// SignedIn is the answer to registering and logging in.
type SignedIn struct {
	User    User        `json:"user"`
	Session SessionInfo `json:"session"`
	Tokens  Tokens      `json:"tokens"`
}

// Ticket opens one WebSocket within 30 seconds.
type Ticket struct {
	Ticket    string `json:"ticket"`
	URL       string `json:"url"`
	ExpiresAt int64  `json:"expiresAt"`
}

// FriendRequest is a friend request; Status is pending, accepted, rejected, cancelled or expired.
type FriendRequest struct {
	RequestID  string `json:"requestId"`
	FromUserID string `json:"fromUserId"`
	ToUserID   string `json:"toUserId"`
	Message    string `json:"message"`
	Status     string `json:"status"`
	CreatedAt  int64  `json:"createdAt"`
	HandledAt  int64  `json:"handledAt"`
	ExpiresAt  int64  `json:"expiresAt"`
}

// Friend is a friend and one's own notes about it.
type Friend struct {
	User      User     `json:"user"`
	Remark    string   `json:"remark"`
	Starred   bool     `json:"starred"`
	Tags      []string `json:"tags"`
	CreatedAt int64    `json:"createdAt"`
}

// FriendPage is a page of friends; since a version, of changes only.
type FriendPage struct {
	Page[Friend]
	Deleted []string `json:"deleted"`
	Version int64    `json:"version"`
	Reset   bool     `json:"reset"` // the version asked for is unknown: this is the first page of the whole list
}

// Block is a blocked user.
type Block struct {
	User      User  `json:"user"`
	CreatedAt int64 `json:"createdAt"`
}

// Group is a group as one of its members sees it.
type Group struct {
	GroupID        string `json:"groupId"`
	Name           string `json:"name"`
	AvatarURL      string `json:"avatarUrl"`
	Announcement   string `json:"announcement"`
	OwnerID        string `json:"ownerId"`
	JoinPolicy     string `json:"joinPolicy"`
	MemberCount    int32  `json:"memberCount"`
	HistoryVisible bool   `json:"historyVisible"`
	MutedAllUntil  int64  `json:"mutedAllUntil"`
	MyRole         string `json:"myRole"`
	CreatedAt      int64  `json:"createdAt"`
	GroupSettings
	AnnouncedBy string `json:"announcedBy"`
	AnnouncedAt int64  `json:"announcedAt"`
	MaxMembers  int32  `json:"maxMembers"`
	Version     int64  `json:"version"` // moves with every change of the group and of its members
}

// CreatedGroup is a new group, and who of the first members could not be added.
type CreatedGroup struct {
	Group
	Failed []AddFailure `json:"failed"`
}

// GroupSettings say which role at the lowest may do what, and how often one may write. Empty roles of a new group are chosen by the
// server.
type GroupSettings struct {
	InviteRole      string `json:"inviteRole,omitempty"`
	EditRole        string `json:"editRole,omitempty"`
	MentionAllRole  string `json:"mentionAllRole,omitempty"`
	SlowModeSeconds int32  `json:"slowModeSeconds,omitempty"`
}

// NewGroup is what a group is made of.
type NewGroup struct {
	Name           string   `json:"name"`
	MemberIDs      []string `json:"memberIds,omitempty"`
	AvatarURL      string   `json:"avatarUrl,omitempty"`
	JoinPolicy     string   `json:"joinPolicy,omitempty"`
	HistoryVisible bool     `json:"historyVisible,omitempty"`
	GroupSettings
}

// Member is a member of a group.
type Member struct {
	UserID     string `json:"userId"`
	Role       string `json:"role"`
	Nickname   string `json:"nickname"`
	MutedUntil int64  `json:"mutedUntil"`
	JoinedAt   int64  `json:"joinedAt"`
}

// MemberFilter asks for some of the members of a group: by role, by the beginning of the name, or what changed since a version.
type MemberFilter struct {
	Role  string
	Name  string
	Since int64
}

// MemberPage is a page of the members of a group, or of what changed since a version.
type MemberPage struct {
	Page[Member]
	Deleted []string `json:"deleted"`
	Version int64    `json:"version"`
	Reset   bool     `json:"reset"` // nothing is known since the version asked for: this is the first page of the whole list
}

// Added says who was added to a group, and who was not.
type Added struct {
	Added  []string     `json:"added"`
	Failed []AddFailure `json:"failed"`
}

// AddFailure is a user who could not be added to a group, and the reason.
type AddFailure struct {
	UserID string `json:"userId"`
	Reason string `json:"reason"`
}

// Page is a page of a list; NextCursor is empty on the last one.
type Page[T any] struct {
	Items      []T    `json:"items"`
	NextCursor string `json:"nextCursor"`
}

// History is a page of a conversation, ascending by seq; HasMore is about the direction asked for.
type History struct {
	Items   []wire.Message `json:"items"`
	HasMore bool           `json:"hasMore"`
}

// SyncConversation is a changed conversation and its newest entries.
type SyncConversation struct {
	wire.Conversation
	Messages    []wire.Message `json:"messages"`
	HasMore     bool           `json:"hasMore"`
	DeletedSeqs []int64        `json:"deletedSeqs"` // messages that were deleted for oneself since the token
	DeletedMore bool           `json:"deletedMore"` // there are more of them: what is held has to be read again
}

// SyncPage is an answer to sync.
type SyncPage struct {
	Conversations []SyncConversation `json:"conversations"`
	NextSince     string             `json:"nextSince"`
	More          bool               `json:"more"`
	Reset         bool               `json:"reset"`
}

// Outgoing is a message to send, to exactly one of ConversationID, ToUserID and GroupID.
type Outgoing struct {
	ClientMsgID    string   `json:"clientMsgId"`
	ConversationID string   `json:"conversationId,omitempty"`
	ToUserID       string   `json:"toUserId,omitempty"`
	GroupID        string   `json:"groupId,omitempty"`
	Type           string   `json:"type"`
	Content        any      `json:"content"`
	ReplyToSeq     int64    `json:"replyToSeq,omitempty"`
	Mentions       []string `json:"mentions,omitempty"`

	// ExpireAfterRead is how many seconds after another has read it the message is to be recalled; zero: never.
	ExpireAfterRead int64 `json:"expireAfterRead,omitempty"`
}

// Text is a text message with a new ClientMsgID and no address yet.
func Text(text string) Outgoing {
	return Outgoing{ClientMsgID: NewClientMsgID(), Type: "text", Content: map[string]string{"text": text}}
}

// NewClientMsgID makes an id that no other message has.
func NewClientMsgID() string { return rand.Text() }

// Sent says where a message stands in its conversation.
type Sent struct {
	MessageID      string `json:"messageId"`
	ConversationID string `json:"conversationId"`
	Seq            int64  `json:"seq"`
	ServerTime     int64  `json:"serverTime"`
}
