// Package imgroup has the rows of the database im_group, which group-service alone reads and writes. SQLite databases are made
// from them, MySQL from deploy/mysql/im_group; a test keeps the two the same.
package imgroup

import "im-backend/common/model"

// Tables is every table of the database.
func Tables() []any { return []any{&Group{}, &GroupMember{}, &model.OutboxRow{}} }

// Group is a group. Its row lock fences every change of the group and of its members.
type Group struct {
	ID             int64  `gorm:"primaryKey;autoIncrement:false"`
	Name           string `gorm:"size:64;not null"`
	AvatarURL      string `gorm:"size:1024;not null"`
	Announcement   string `gorm:"size:2000;not null"`
	AnnouncedBy    int64  `gorm:"not null;default:0"`
	AnnouncedAt    int64  `gorm:"not null;default:0"` // unix milliseconds
	OwnerID        int64  `gorm:"not null"`
	JoinPolicy     string `gorm:"type:varchar(16) CHARACTER SET ascii COLLATE ascii_bin;not null"` // open, approval, invite_only
	HistoryVisible bool   `gorm:"not null;default:false"`                                          // newcomers see what was before
	MutedAllUntil  int64  `gorm:"not null;default:0"`                                              // unix milliseconds
	MaxMembers     int32  `gorm:"not null"`
	MemberCount    int32  `gorm:"not null"`
	Status         int8   `gorm:"not null;default:0"` // 0 active, 1 dismissed and not yet confirmed, 2 dismissed
	Version        int64  `gorm:"not null"`           // moves with every change of the group and of its members
	CreatedAt      int64  `gorm:"not null;autoCreateTime:false"`
	UpdatedAt      int64  `gorm:"not null;autoUpdateTime:false"`
}

// TableName is quoted by gorm: GROUPS is a word of MySQL.
func (Group) TableName() string { return "groups" }

// GroupMember is a member of a group.
type GroupMember struct {
	GroupID    int64  `gorm:"primaryKey;autoIncrement:false;index:idx_group_members_order,priority:1"`
	UserID     int64  `gorm:"primaryKey;autoIncrement:false;index:idx_group_members_user"`
	Role       int8   `gorm:"not null;index:idx_group_members_order,priority:2"` // 1 owner, 2 admin, 3 member
	Nickname   string `gorm:"size:64;not null"`
	MutedUntil int64  `gorm:"not null;default:0"` // unix milliseconds
	InviterID  int64  `gorm:"not null;default:0"` // zero: the founder
	JoinedAt   int64  `gorm:"not null;index:idx_group_members_order,priority:3"`
	// LeftAt is not zero for somebody who is no member any more, but whose leaving call was not answered yet: a repeated call
	// finds the row and succeeds. It is deleted when the call is answered.
	LeftAt int64 `gorm:"not null;default:0"`
}
