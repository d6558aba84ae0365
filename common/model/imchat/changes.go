package imchat

// MessageEdit is what a message said until an edit.
type MessageEdit struct {
	ConversationID string `gorm:"column:conversation_id;type:varchar(64) CHARACTER SET ascii COLLATE ascii_bin;primaryKey"`
	Seq            int64  `gorm:"column:seq;primaryKey;autoIncrement:false"`
	EditSeq        int64  `gorm:"column:edit_seq;primaryKey;autoIncrement:false"` // the entry of the edit
	Content        []byte `gorm:"column:content;type:mediumblob;not null"`
	Mentions       string `gorm:"column:mentions;type:varchar(4096) CHARACTER SET ascii COLLATE ascii_bin;not null"`
	WrittenAt      int64  `gorm:"column:written_at;not null"` // from when on it said so, unix milliseconds
}

// TableName is the table of MessageEdit.
func (MessageEdit) TableName() string { return "message_edits" }

// MessageReaction is the reaction of one user with one emoji.
type MessageReaction struct {
	ConversationID string `gorm:"column:conversation_id;type:varchar(64) CHARACTER SET ascii COLLATE ascii_bin;primaryKey"`
	Seq            int64  `gorm:"column:seq;primaryKey;autoIncrement:false"`
	Emoji          string `gorm:"column:emoji;type:varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;primaryKey"`
	UserID         int64  `gorm:"column:user_id;primaryKey;autoIncrement:false"`
}

// TableName is the table of MessageReaction.
func (MessageReaction) TableName() string { return "message_reactions" }

// ReactionCount is how many users reacted with one emoji, so that a page reads a row for each kind and not for each user.
type ReactionCount struct {
	ConversationID string `gorm:"column:conversation_id;type:varchar(64) CHARACTER SET ascii COLLATE ascii_bin;primaryKey"`
	Seq            int64  `gorm:"column:seq;primaryKey;autoIncrement:false"`
	Emoji          string `gorm:"column:emoji;type:varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;primaryKey"`
	Users          int64  `gorm:"column:users;not null"`
	FirstSeq       int64  `gorm:"column:first_seq;not null"` // the entry that brought the emoji
	LastSeq        int64  `gorm:"column:last_seq;not null"`  // the last entry that changed the row
}

// TableName is the table of ReactionCount.
func (ReactionCount) TableName() string { return "reaction_counts" }

// PinnedMessage is a message that stands at the top of its conversation for all members.
type PinnedMessage struct {
	ConversationID string `gorm:"column:conversation_id;type:varchar(64) CHARACTER SET ascii COLLATE ascii_bin;primaryKey"`
	Seq            int64  `gorm:"column:seq;primaryKey;autoIncrement:false"`
	PinSeq         int64  `gorm:"column:pin_seq;not null"` // the entry that pinned it
	PinnedBy       int64  `gorm:"column:pinned_by;not null"`
	PinnedAt       int64  `gorm:"column:pinned_at;not null"` // unix milliseconds
}

// TableName is the table of PinnedMessage.
func (PinnedMessage) TableName() string { return "pinned_messages" }

// MessageMention is a message that mentions a member; user zero stands for all of them.
type MessageMention struct {
	ConversationID string `gorm:"column:conversation_id;type:varchar(64) CHARACTER SET ascii COLLATE ascii_bin;primaryKey"`
	UserID         int64  `gorm:"column:user_id;primaryKey;autoIncrement:false"`
	Seq            int64  `gorm:"column:seq;primaryKey;autoIncrement:false"`
}

// TableName is the table of MessageMention.
func (MessageMention) TableName() string { return "message_mentions" }
