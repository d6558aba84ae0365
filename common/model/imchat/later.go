package imchat

// SearchBlock knows which terms stand in a run of entries of one conversation, so that a search need not read them. It is made
// from the entries when a search first passes them, and can be thrown away at any time.
type SearchBlock struct {
	ConversationID string `gorm:"column:conversation_id;type:varchar(64) CHARACTER SET ascii COLLATE ascii_bin;primaryKey"`
	Block          int64  `gorm:"column:block;primaryKey;autoIncrement:false"`
	CoveredTo      int64  `gorm:"column:covered_to;not null"` // the last seq that it knows
	FirstAt        int64  `gorm:"column:first_at;not null"`   // when its first entry was made, unix milliseconds
	Filter         []byte `gorm:"column:filter;type:mediumblob;not null"`
}

// TableName is the table of SearchBlock.
func (SearchBlock) TableName() string { return "search_blocks" }

// UserQuota is how often a user has done something in the minute and the day that run, each from its first time on.
type UserQuota struct {
	UserID      int64  `gorm:"column:user_id;primaryKey;autoIncrement:false"`
	Kind        string `gorm:"column:kind;type:varchar(16) CHARACTER SET ascii COLLATE ascii_bin;primaryKey"`
	MinuteAt    int64  `gorm:"column:minute_at;not null"` // when the minute began, unix milliseconds
	MinuteCount int64  `gorm:"column:minute_count;not null"`
	DayAt       int64  `gorm:"column:day_at;not null"`
	DayCount    int64  `gorm:"column:day_count;not null"`
}

// TableName is the table of UserQuota.
func (UserQuota) TableName() string { return "user_quotas" }

// ScheduledMessage is a message that is sent when its time comes. What came of it stays for a while.
type ScheduledMessage struct {
	ID          int64  `gorm:"column:id;primaryKey;autoIncrement:false"`
	UserID      int64  `gorm:"column:user_id;not null;uniqueIndex:uk_scheduled_messages_client,priority:1"`
	ClientMsgID string `gorm:"column:client_msg_id;type:varchar(64) CHARACTER SET ascii COLLATE ascii_bin;not null;uniqueIndex:uk_scheduled_messages_client,priority:2"`
	Draft       []byte `gorm:"column:draft;type:mediumblob;not null"` // JSON; empty when it was sent
	SendAt      int64  `gorm:"column:send_at;not null"`               // unix milliseconds
	State       string `gorm:"column:state;type:varchar(8) CHARACTER SET ascii COLLATE ascii_bin;not null"`
	Reason      string `gorm:"column:reason;type:varchar(64) CHARACTER SET ascii COLLATE ascii_bin;not null"` // why it was refused
	DueAt       int64  `gorm:"column:due_at;not null;index:idx_scheduled_messages_due"`                       // when something is to be done, unix milliseconds
	Lease       int64  `gorm:"column:lease;not null"`                                                         // grows when an instance takes it
	CreatedAt   int64  `gorm:"column:created_at;not null;autoCreateTime:false"`                               // unix milliseconds
}

// TableName is the table of ScheduledMessage.
func (ScheduledMessage) TableName() string { return "scheduled_messages" }

// ExpiringMessage is a message that is recalled some time after the first user other than its sender has read it. It is gone when
// the message is.
type ExpiringMessage struct {
	ConversationID string `gorm:"column:conversation_id;type:varchar(64) CHARACTER SET ascii COLLATE ascii_bin;primaryKey"`
	Seq            int64  `gorm:"column:seq;primaryKey;autoIncrement:false"`
	SenderID       int64  `gorm:"column:sender_id;not null"`
	Lifetime       int64  `gorm:"column:lifetime;not null"`                               // seconds
	DueAt          int64  `gorm:"column:due_at;not null;index:idx_expiring_messages_due"` // when to recall it, unix milliseconds; zero: nobody has read it
}

// TableName is the table of ExpiringMessage.
func (ExpiringMessage) TableName() string { return "expiring_messages" }

// RetentionWalk is how far the entries of one type of conversations have been looked through for those that are too old.
type RetentionWalk struct {
	Type    string `gorm:"column:type;type:char(1) CHARACTER SET ascii COLLATE ascii_bin;primaryKey"`
	AfterID string `gorm:"column:after_id;type:varchar(64) CHARACTER SET ascii COLLATE ascii_bin;not null"` // the conversations up to it are done
	DueAt   int64  `gorm:"column:due_at;not null"`                                                          // from when on anybody may go on, unix milliseconds
	Lease   int64  `gorm:"column:lease;not null"`                                                           // grows when an instance takes it
}

// TableName is the table of RetentionWalk.
func (RetentionWalk) TableName() string { return "retention_walks" }
