// Package imuser has the rows of database im_user, which user-service owns. The migrations in deploy/mysql/im_user describe
// the same tables for MySQL.
package imuser

// User is one account. Keys beside the texts they come from make names unique and searchable in the same way in every
// database, whatever its collations.
type User struct {
	ID           int64  `gorm:"column:id;primaryKey;autoIncrement:false;index:idx_users_nickname_key,priority:2"`
	Username     string `gorm:"column:username;type:varchar(32) CHARACTER SET ascii COLLATE ascii_bin;not null"`                                       // as its owner writes it
	UsernameKey  string `gorm:"column:username_key;type:varchar(32) CHARACTER SET ascii COLLATE ascii_bin;not null;uniqueIndex:uk_users_username_key"` // in lower case
	PasswordHash string `gorm:"column:password_hash;type:varchar(255) CHARACTER SET ascii COLLATE ascii_bin;not null"`                                 // a PHC string
	Nickname     string `gorm:"column:nickname;type:varchar(64) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;not null"`
	// NicknameKey is the label.Key of the nickname, compared by code point: a prefix search is one range of its index.
	NicknameKey     string  `gorm:"column:nickname_key;type:varchar(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;not null;index:idx_users_nickname_key,priority:1"`
	AvatarURL       string  `gorm:"column:avatar_url;type:varchar(1024) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;not null"`
	Bio             string  `gorm:"column:bio;type:varchar(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;not null"`
	Gender          string  `gorm:"column:gender;type:varchar(32) CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;not null"`
	Phone           *string `gorm:"column:phone;type:varchar(32) CHARACTER SET ascii COLLATE ascii_bin;uniqueIndex:uk_users_phone"`  // digits, with a leading + or not
	Email           *string `gorm:"column:email;type:varchar(254) CHARACTER SET ascii COLLATE ascii_bin;uniqueIndex:uk_users_email"` // in lower case
	Status          string  `gorm:"column:status;type:varchar(16) CHARACTER SET ascii COLLATE ascii_bin;not null"`                   // active, banned, deleted
	FindableByPhone bool    `gorm:"column:findable_by_phone;not null"`
	FindableByEmail bool    `gorm:"column:findable_by_email;not null"`
	FindableByName  bool    `gorm:"column:findable_by_name;not null"`
	ShowLastSeen    bool    `gorm:"column:show_last_seen;not null"`
	// FriendRequestsFrom is who may ask to be friends: everyone or nobody.
	FriendRequestsFrom string `gorm:"column:friend_requests_from;type:varchar(16) CHARACTER SET ascii COLLATE ascii_bin;not null;default:everyone"`
	CreatedAt          int64  `gorm:"column:created_at;not null;autoCreateTime:false"` // unix milliseconds
	UpdatedAt          int64  `gorm:"column:updated_at;not null;autoUpdateTime:false"`
	PasswordVersion    int64  `gorm:"column:password_version;not null;default:0"`    // grows with every change of the password
	PasswordChangedAt  int64  `gorm:"column:password_changed_at;not null;default:0"` // unix milliseconds; zero: never
	PasswordChangedBy  int64  `gorm:"column:password_changed_by;not null;default:0"` // the session that did
	DeletedAt          int64  `gorm:"column:deleted_at;not null;default:0"`          // unix milliseconds; zero: not deleted
}

// TableName is the table of User.
func (User) TableName() string { return "users" }

// SearchBudget is what a user has searched in the minute and the day that run, each from its first search on.
type SearchBudget struct {
	UserID      int64 `gorm:"column:user_id;primaryKey;autoIncrement:false"`
	MinuteAt    int64 `gorm:"column:minute_at;not null"` // when the minute began, unix milliseconds
	MinuteCount int64 `gorm:"column:minute_count;not null"`
	DayAt       int64 `gorm:"column:day_at;not null"`
	DayCount    int64 `gorm:"column:day_count;not null"`
}

// TableName is the table of SearchBudget.
func (SearchBudget) TableName() string { return "search_budgets" }

// Notice says that something of a user has changed which other services have to be told. There is one for each user, which goes
// when they know; what changes meanwhile moves its version.
type Notice struct {
	UserID    int64 `gorm:"column:user_id;primaryKey;autoIncrement:false"`
	Version   int64 `gorm:"column:version;not null"`
	Topics    int64 `gorm:"column:topics;not null"`                          // bits: 1 the name, 2 who may see the user's presence, 4 the deletion
	Attempts  int64 `gorm:"column:attempts;not null"`                        // that have failed
	DueAt     int64 `gorm:"column:due_at;not null;index:idx_notices_due"`    // unix milliseconds; until then whoever set it has it
	CreatedAt int64 `gorm:"column:created_at;not null;autoCreateTime:false"` // unix milliseconds
}

// TableName is the table of Notice.
func (Notice) TableName() string { return "notices" }

// Tables lists the rows of the database, for making it from them.
func Tables() []any { return []any{&User{}, &SearchBudget{}, &Notice{}} }
