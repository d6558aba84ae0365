// Package imgroup has the rows of the database im_group, which group-service alone reads and writes. SQLite databases are made
// from them, MySQL from deploy/mysql/im_group; a test keeps the two the same.
package imgroup

import "im-backend/common/model"

// Tables is every table of the database.
func Tables() []any {
	return []any{
		&Group{}, &GroupMember{}, &Joiner{}, &Quota{}, &JoinRequest{}, &Invite{}, &Ban{}, &model.OutboxRow{},
	}
}

// Group is a group. Its row lock fences every change of the group and of its members.
type Group struct {
	ID              int64  `gorm:"primaryKey;autoIncrement:false"`
	Name            string `gorm:"size:64;not null"`
	AvatarURL       string `gorm:"size:1024;not null"`
	Announcement    string `gorm:"size:2000;not null"`
	AnnouncedBy     int64  `gorm:"not null;default:0"`
	AnnouncedAt     int64  `gorm:"not null;default:0"` // unix milliseconds
	OwnerID         int64  `gorm:"not null"`
	JoinPolicy      string `gorm:"type:varchar(16) CHARACTER SET ascii COLLATE ascii_bin;not null"` // open, approval, invite_only
	HistoryVisible  bool   `gorm:"not null;default:false"`                                          // newcomers see what was before
	MutedAllUntil   int64  `gorm:"not null;default:0"`                                              // unix milliseconds
	InviteRole      int8   `gorm:"not null;default:2"`                                              // the lowest role that may add members and make invites
	EditRole        int8   `gorm:"not null;default:2"`                                              // the lowest role that may change name, avatar and announcement
	MentionAllRole  int8   `gorm:"not null;default:2"`                                              // the lowest role that may mention all
	SlowModeSeconds int32  `gorm:"not null;default:0"`                                              // between two messages of one member
	MembersSince    int64  `gorm:"not null;default:0"`                                              // who left at this version or before may be forgotten
	HandedBy        int64  `gorm:"not null;default:0"`                                              // who made the owner the owner; zero: nobody
	MaxMembers      int32  `gorm:"not null"`
	MemberCount     int32  `gorm:"not null"`
	Status          int8   `gorm:"not null;default:0"` // 0 active, 2 dismissed
	Version         int64  `gorm:"not null"`           // moves with every change of the group and of its members
	CreatedAt       int64  `gorm:"not null;autoCreateTime:false"`
	UpdatedAt       int64  `gorm:"not null;autoUpdateTime:false"`
}

// TableName is quoted by gorm: GROUPS is a word of MySQL.
func (Group) TableName() string { return "groups" }

// GroupMember is a member of a group. Who left stays for a while as a tombstone for incremental lists: role 0, no name key, and
// joined_at is when it left, so that the index of the order has tombstones by their age, apart from the members.
type GroupMember struct {
	GroupID    int64  `gorm:"primaryKey;autoIncrement:false;index:idx_group_members_place,priority:1;index:idx_group_members_name,priority:1;index:idx_group_members_changed,priority:1"`
	UserID     int64  `gorm:"primaryKey;autoIncrement:false;index:idx_group_members_user,priority:1;index:idx_group_members_name,priority:3;index:idx_group_members_place,priority:4;index:idx_group_members_changed,priority:3"`
	Role       int8   `gorm:"not null;index:idx_group_members_place,priority:2"`                                                                       // 1 owner, 2 admin, 3 member, 0 who left
	Nickname   string `gorm:"size:64;not null"`                                                                                                        // in this group
	UserName   string `gorm:"size:64;not null;default:''"`                                                                                             // the user's own name, as user-service told it last
	NameKey    string `gorm:"type:varchar(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin;not null;default:'';index:idx_group_members_name,priority:2"` // the nickname, or the name where there is none, folded
	MutedUntil int64  `gorm:"not null;default:0"`                                                                                                      // unix milliseconds
	InviterID  int64  `gorm:"not null;default:0"`                                                                                                      // zero: the founder
	JoinedAt   int64  `gorm:"not null;index:idx_group_members_place,priority:3"`
	Version    int64  `gorm:"not null;default:0;index:idx_group_members_changed,priority:2"` // of the group when this row changed last
	LeftAt     int64  `gorm:"not null;default:0;index:idx_group_members_user,priority:2"`    // unix milliseconds; zero: a member
}

// Joiner counts the groups of one user. Its row lock fences what is counted against the user's limit, and the end of the account.
type Joiner struct {
	UserID    int64 `gorm:"primaryKey;autoIncrement:false"`
	Groups    int32 `gorm:"not null"`           // dismissed ones too until they are next counted anew
	RemovedAt int64 `gorm:"not null;default:0"` // unix milliseconds: when we heard that the account was deleted; zero: it was not
}

// TableName is group_joiners.
func (Joiner) TableName() string { return "group_joiners" }

// Quota is how often a user has done something in the minute and the day that run, each from its first time on.
type Quota struct {
	UserID      int64  `gorm:"primaryKey;autoIncrement:false"`
	Kind        string `gorm:"type:varchar(16) CHARACTER SET ascii COLLATE ascii_bin;primaryKey"`
	MinuteAt    int64  `gorm:"not null;default:0"` // unix milliseconds
	MinuteCount int64  `gorm:"not null;default:0"`
	DayAt       int64  `gorm:"not null;default:0;index:idx_group_quotas_day"` // unix milliseconds
	DayCount    int64  `gorm:"not null;default:0"`
}

// TableName is group_quotas.
func (Quota) TableName() string { return "group_quotas" }

// JoinRequest is one request to join a group and its outcome.
type JoinRequest struct {
	ID        int64  `gorm:"primaryKey;autoIncrement:false;index:idx_group_join_requests_group,priority:3"`
	GroupID   int64  `gorm:"not null;uniqueIndex:uniq_group_join_requests_pending,priority:1;index:idx_group_join_requests_group,priority:1"`
	UserID    int64  `gorm:"not null;uniqueIndex:uniq_group_join_requests_pending,priority:2"`
	Message   string `gorm:"size:200;not null"`
	Status    string `gorm:"type:varchar(16) CHARACTER SET ascii COLLATE ascii_bin;not null;index:idx_group_join_requests_group,priority:2"`
	Pending   *bool  `gorm:"uniqueIndex:uniq_group_join_requests_pending,priority:3"`  // true or NULL: one pending per user and group
	CreatedAt int64  `gorm:"not null;autoCreateTime:false"`                            // unix milliseconds
	HandledAt int64  `gorm:"not null;default:0;index:idx_group_join_requests_handled"` // unix milliseconds; zero while pending
	HandledBy int64  `gorm:"not null;default:0"`
}

// TableName is group_join_requests.
func (JoinRequest) TableName() string { return "group_join_requests" }

// Invite lets whoever has its code join a group.
type Invite struct {
	ID        int64  `gorm:"primaryKey;autoIncrement:false;index:idx_group_invites_group,priority:2"`
	GroupID   int64  `gorm:"not null;index:idx_group_invites_group,priority:1"`
	CodeHash  string `gorm:"type:char(64) CHARACTER SET ascii COLLATE ascii_bin;not null;uniqueIndex:uniq_group_invites_code"` // SHA-256 in hex; the code is kept nowhere
	CreatedBy int64  `gorm:"not null"`
	CreatedAt int64  `gorm:"not null;autoCreateTime:false"`            // unix milliseconds
	ExpiresAt int64  `gorm:"not null;index:idx_group_invites_expires"` // unix milliseconds
	MaxUses   int32  `gorm:"not null;default:0"`                       // zero: no bound
	Uses      int32  `gorm:"not null;default:0"`
	RevokedAt int64  `gorm:"not null;default:0"` // unix milliseconds; zero: not revoked
}

// TableName is group_invites.
func (Invite) TableName() string { return "group_invites" }

// Ban keeps a user out of a group.
type Ban struct {
	GroupID   int64 `gorm:"primaryKey;autoIncrement:false;index:idx_group_bans_newest,priority:1"`
	UserID    int64 `gorm:"primaryKey;autoIncrement:false;index:idx_group_bans_newest,priority:3"`
	BannedBy  int64 `gorm:"not null"`
	CreatedAt int64 `gorm:"not null;autoCreateTime:false;index:idx_group_bans_newest,priority:2"` // unix milliseconds
}

// TableName is group_bans.
func (Ban) TableName() string { return "group_bans" }
