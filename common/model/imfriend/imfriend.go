// Package imfriend has the rows of the database im_friend, which friend-service alone reads and writes. SQLite databases are
// made from them, MySQL from deploy/mysql/im_friend; a test keeps the two the same.
package imfriend

import "im-backend/common/model"

// Tables is every table of the database.
func Tables() []any {
	return []any{
		&PairRelation{}, &FriendRequest{}, &Friendship{}, &FriendList{}, &Block{}, &model.OutboxRow{},
	}
}

// PairRelation is the relation of two users. Its row lock fences every command of the pair.
type PairRelation struct {
	LowID         int64 `gorm:"primaryKey;autoIncrement:false"` // the smaller id
	HighID        int64 `gorm:"primaryKey;autoIncrement:false"`
	Friends       bool  `gorm:"not null;default:false"`
	BlockedByLow  bool  `gorm:"not null;default:false"` // low blocks high
	BlockedByHigh bool  `gorm:"not null;default:false"`
	UpdatedAt     int64 `gorm:"not null;autoUpdateTime:false"` // unix milliseconds
}

// FriendRequest is one request and its outcome.
type FriendRequest struct {
	ID         int64  `gorm:"primaryKey;autoIncrement:false"`
	FromUserID int64  `gorm:"not null;uniqueIndex:uniq_friend_requests_pending,priority:1;index:idx_friend_requests_from,priority:1;index:idx_friend_requests_from_status,priority:1"`
	ToUserID   int64  `gorm:"not null;uniqueIndex:uniq_friend_requests_pending,priority:2;index:idx_friend_requests_to,priority:1;index:idx_friend_requests_to_status,priority:1"`
	Message    string `gorm:"size:200;not null"`
	Status     string `gorm:"type:varchar(16) CHARACTER SET ascii COLLATE ascii_bin;not null;index:idx_friend_requests_from_status,priority:2;index:idx_friend_requests_to_status,priority:2"`
	Pending    *bool  `gorm:"uniqueIndex:uniq_friend_requests_pending,priority:3"` // true or NULL: one pending per ordered pair
	CreatedAt  int64  `gorm:"not null;autoCreateTime:false"`                       // unix milliseconds
	HandledAt  int64  `gorm:"not null;default:0"`                                  // unix milliseconds; zero while pending
	ExpiresAt  int64  `gorm:"not null;default:0"`                                  // unix milliseconds; a pending row past it has expired
}

// Friendship is one user's side of a friendship. A side that ended stays as a tombstone for incremental lists.
type Friendship struct {
	UserID    int64  `gorm:"primaryKey;autoIncrement:false;index:idx_friendships_version,priority:1"`
	FriendID  int64  `gorm:"primaryKey;autoIncrement:false"`
	Remark    string `gorm:"size:64;not null"`
	Starred   bool   `gorm:"not null;default:false"`
	Tags      string `gorm:"size:4096;not null"`                                // a JSON array
	Version   int64  `gorm:"not null;index:idx_friendships_version,priority:2"` // of the user's list when this row changed last
	CreatedAt int64  `gorm:"not null;autoCreateTime:false"`                     // unix milliseconds
	DeletedAt int64  `gorm:"not null;default:0"`                                // unix milliseconds; zero: friends
}

// FriendList counts the changes of one user's lists. Its row lock fences what is counted against the user's limits.
type FriendList struct {
	UserID       int64 `gorm:"primaryKey;autoIncrement:false"`
	Version      int64 `gorm:"not null"`           // of the friends
	BlockVersion int64 `gorm:"not null;default:0"` // of the blocks
	RemovedAt    int64 `gorm:"not null;default:0"` // unix milliseconds: when we heard that the account was deleted; zero: it was not
}

// Block says that a user blocks another.
type Block struct {
	UserID    int64 `gorm:"primaryKey;autoIncrement:false;index:idx_blocks_newest,priority:1"`
	BlockedID int64 `gorm:"primaryKey;autoIncrement:false"`
	CreatedAt int64 `gorm:"not null;autoCreateTime:false;index:idx_blocks_newest,priority:2"` // unix milliseconds
}
