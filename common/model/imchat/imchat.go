// Package imchat has the rows of database im_chat, which chat-service owns. The migrations in deploy/mysql/im_chat describe
// the same tables for MySQL.
package imchat

// Conversation is the head of one log. Its row lock is the sequencer's fence: whatever changes a conversation or its members
// holds it, and moves its version.
type Conversation struct {
	ID            string `gorm:"column:id;type:varchar(64) CHARACTER SET ascii COLLATE ascii_bin;primaryKey"`
	Type          string `gorm:"column:type;type:char(1) CHARACTER SET ascii COLLATE ascii_bin;not null"`
	MaxSeq        int64  `gorm:"column:max_seq;not null"`
	MessageCount  int64  `gorm:"column:message_count;not null"`  // countable entries, for unread
	MemberVersion int64  `gorm:"column:member_version;not null"` // grows with every change of members
	MemberCount   int64  `gorm:"column:member_count;not null"`
	MentionAllSeq int64  `gorm:"column:mention_all_seq;not null"` // the last entry that mentions everybody
	Dismissed     bool   `gorm:"column:dismissed;not null"`
	// The relation of the two users of a single conversation, projected from friend-service.
	Friends         bool  `gorm:"column:friends;not null"`
	BlockedByLow    bool  `gorm:"column:blocked_by_low;not null"`
	BlockedByHigh   bool  `gorm:"column:blocked_by_high;not null"`
	RelationVersion int64 `gorm:"column:relation_version;not null"`
	UpdatedAt       int64 `gorm:"column:updated_at;not null;autoUpdateTime:false"`
	Version         int64 `gorm:"column:version;not null;default:0"`     // grows with every change of this row
	ChangedSeq      int64 `gorm:"column:changed_seq;not null;default:0"` // the last entry that changed another: what stands after it is as it was stored
	// The settings of a group that decide who may write, projected from group-service.
	MutedAllUntil   int64  `gorm:"column:muted_all_until;not null;default:0"`                                                         // unix milliseconds
	SlowModeSeconds int32  `gorm:"column:slow_mode_seconds;not null;default:0"`                                                       // between two messages of one member
	MentionAllRole  string `gorm:"column:mention_all_role;type:varchar(8) CHARACTER SET ascii COLLATE ascii_bin;not null;default:''"` // the lowest role that may mention all; empty: admin
	ExpiringSeq     int64  `gorm:"column:expiring_seq;not null;default:0"`                                                            // the last entry that is to be recalled after it was read; zero: none waits
	TrimmedSeq      int64  `gorm:"column:trimmed_seq;not null;default:0"`                                                             // the entries up to it are too old: nobody sees them any more
	TrimmedCount    int64  `gorm:"column:trimmed_count;not null;default:0"`                                                           // countable entries up to TrimmedSeq
}

// TableName is the table of Conversation.
func (Conversation) TableName() string { return "conversations" }

// Message is one entry. The primary key makes a page of history one range scan; the unique key makes a send idempotent.
type Message struct {
	ConversationID string `gorm:"column:conversation_id;type:varchar(64) CHARACTER SET ascii COLLATE ascii_bin;primaryKey;uniqueIndex:uk_messages_client,priority:1"`
	Seq            int64  `gorm:"column:seq;primaryKey;autoIncrement:false"`
	MessageID      int64  `gorm:"column:message_id;not null"`
	SenderID       int64  `gorm:"column:sender_id;not null;uniqueIndex:uk_messages_client,priority:2"` // zero: the system
	ClientMsgID    string `gorm:"column:client_msg_id;type:varchar(64) CHARACTER SET ascii COLLATE ascii_bin;not null;uniqueIndex:uk_messages_client,priority:3"`
	Fingerprint    int64  `gorm:"column:fingerprint;not null"` // of what the client sent, to tell a retry from a reuse
	Type           string `gorm:"column:type;type:varchar(16) CHARACTER SET ascii COLLATE ascii_bin;not null"`
	Content        []byte `gorm:"column:content;type:mediumblob;not null"` // a JSON object
	ReplyToSeq     int64  `gorm:"column:reply_to_seq;not null"`
	Mentions       string `gorm:"column:mentions;type:varchar(4096) CHARACTER SET ascii COLLATE ascii_bin;not null"` // joined by commas
	Changes        []byte `gorm:"column:changes;type:mediumblob"`                                                    // member changes, protobuf
	CountBefore    int64  `gorm:"column:count_before;not null"`                                                      // countable entries before this one
	CreatedAt      int64  `gorm:"column:created_at;not null;autoCreateTime:false"`
	EditedAt       int64  `gorm:"column:edited_at;not null"`
	RecalledAt     int64  `gorm:"column:recalled_at;not null"`
	ChangeSeq      int64  `gorm:"column:change_seq;not null;default:0"`  // the entry that recalled or last edited this one
	ReactedSeq     int64  `gorm:"column:reacted_seq;not null;default:0"` // the last entry that is a reaction to this one

	ExpireAfterRead int64 `gorm:"column:expire_after_read;not null;default:0"` // seconds from when another has read it until it is recalled; zero: never
}

// TableName is the table of Message.
func (Message) TableName() string { return "messages" }

// UserConversation is one user's membership of and position in a conversation. A former member keeps its row and its window.
type UserConversation struct {
	UserID          int64  `gorm:"column:user_id;primaryKey;autoIncrement:false;index:idx_user_conversations_conversation,priority:2"`
	ConversationID  string `gorm:"column:conversation_id;type:varchar(64) CHARACTER SET ascii COLLATE ascii_bin;primaryKey;index:idx_user_conversations_conversation,priority:1"`
	MinSeq          int64  `gorm:"column:min_seq;not null"`                                                               // the window's first seq
	MaxVisibleSeq   int64  `gorm:"column:max_visible_seq;not null"`                                                       // the window's last seq; zero while the user is a member
	MaxVisibleCount int64  `gorm:"column:max_visible_count;not null"`                                                     // countable entries up to it
	PastWindows     string `gorm:"column:past_windows;type:varchar(4096) CHARACTER SET ascii COLLATE ascii_bin;not null"` // the latest: "from-to,from-to", oldest first
	Role            string `gorm:"column:role;type:varchar(8) CHARACTER SET ascii COLLATE ascii_bin;not null"`
	SilencedUntil   int64  `gorm:"column:silenced_until;not null"` // may not write before
	ReadSeq         int64  `gorm:"column:read_seq;not null"`
	ReadCount       int64  `gorm:"column:read_count;not null"` // countable entries up to read_seq
	DeliveredSeq    int64  `gorm:"column:delivered_seq;not null"`
	MentionSeq      int64  `gorm:"column:mention_seq;not null"` // the last entry that mentions the user
	PinnedAt        int64  `gorm:"column:pinned_at;not null"`
	MutedUntil      int64  `gorm:"column:muted_until;not null"`       // the user's own choice: no notifications before
	HiddenBeforeSeq int64  `gorm:"column:hidden_before_seq;not null"` // the user has cleared what stands before it
	Draft           string `gorm:"column:draft;type:varchar(1024) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;not null"`
	UpdatedAt       int64  `gorm:"column:updated_at;not null;autoUpdateTime:false"` // grows with every change of the row but by sends
	LastSentAt      int64  `gorm:"column:last_sent_at;not null;default:0"`          // when the user wrote the last countable entry, unix milliseconds
	JoinedSeq       int64  `gorm:"column:joined_seq;not null;default:0"`            // the entry that let the user in; zero: the first one
	LeftAt          int64  `gorm:"column:left_at;not null;default:0"`               // of a former member
	MarkedUnread    int64  `gorm:"column:marked_unread;not null;default:0"`         // read_seq + 1 when the user marked it; it holds while read_seq stays
	Archived        bool   `gorm:"column:archived;not null;default:0"`              // lists leave it out
	HiddenSeq       int64  `gorm:"column:hidden_seq;not null;default:0"`            // its head when the user hid it; zero: never
	DeletionsAt     int64  `gorm:"column:deletions_at;not null;default:0"`          // when the user last deleted entries for itself; zero: never
	OlderWindowsTo  int64  `gorm:"column:older_windows_to;not null;default:0"`      // the last seq of the windows that OlderWindows has; zero: it has none
	HiddenCount     int64  `gorm:"column:hidden_count;not null;default:0"`          // hidden, lists leave it out while it has no more countable entries
}

// OlderWindows is a run of past windows of a member, those that came before the ones in its own row.
type OlderWindows struct {
	UserID         int64  `gorm:"column:user_id;primaryKey;autoIncrement:false"`
	ConversationID string `gorm:"column:conversation_id;type:varchar(64) CHARACTER SET ascii COLLATE ascii_bin;primaryKey"`
	ToSeq          int64  `gorm:"column:to_seq;primaryKey;autoIncrement:false"` // the last seq of the last of them
	Windows        string `gorm:"column:windows;type:varchar(4096) CHARACTER SET ascii COLLATE ascii_bin;not null"`
}

// TableName is the table of OlderWindows.
func (OlderWindows) TableName() string { return "older_windows" }

// DeletedMessage is an entry that a user has deleted for itself.
type DeletedMessage struct {
	UserID         int64  `gorm:"column:user_id;primaryKey;autoIncrement:false"`
	ConversationID string `gorm:"column:conversation_id;type:varchar(64) CHARACTER SET ascii COLLATE ascii_bin;primaryKey"`
	Seq            int64  `gorm:"column:seq;primaryKey;autoIncrement:false"`
	Countable      bool   `gorm:"column:countable;not null"` // for unread
	DeletedAt      int64  `gorm:"column:deleted_at;not null"`
}

// TableName is the table of DeletedMessage.
func (DeletedMessage) TableName() string { return "deleted_messages" }

// TableName is the table of UserConversation.
func (UserConversation) TableName() string { return "user_conversations" }

// Outbox notes the entries of one commit until Kafka has them. Ids are in order of time.
type Outbox struct {
	ID        int64  `gorm:"column:id;primaryKey;autoIncrement:false"`
	Ranges    []byte `gorm:"column:ranges;type:mediumblob;not null"` // JSON: [{conversation, from, to}]
	CreatedAt int64  `gorm:"column:created_at;not null;autoCreateTime:false"`
}

// TableName is the table of Outbox.
func (Outbox) TableName() string { return "outbox" }

// Tables lists the rows of the database, for making it from them.
func Tables() []any {
	return []any{
		&Conversation{}, &Message{}, &UserConversation{}, &DeletedMessage{}, &Outbox{},
		&MessageEdit{}, &MessageReaction{}, &ReactionCount{}, &PinnedMessage{}, &MessageMention{},
		&SearchBlock{}, &UserQuota{}, &ScheduledMessage{}, &OlderWindows{}, &ExpiringMessage{}, &RetentionWalk{},
	}
}
