package store

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"im-backend/common/model"
	"im-backend/common/model/imfriend"
	"im-backend/common/utils/dbx"
)

// Versions are how many changes the lists of a user have had.
type Versions struct {
	Friends int64
	Blocks  int64
}

// Versions reads the versions of a user's lists.
func (s *Store) Versions(ctx context.Context, user model.UserID) (Versions, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var list imfriend.FriendList
	err := s.db.WithContext(ctx).Where("user_id = ?", user).Take(&list).Error
	if err != nil && !errors.Is(err, gorm.ErrRecordNotFound) {
		return Versions{}, dbx.Typed(fmt.Errorf("read list versions: %w", err))
	}
	return Versions{Friends: list.Version, Blocks: list.BlockVersion}, nil
}

// LockLists keeps everybody else from changing the lists of a user, and from counting them, until the commit, and reports whether
// the user was removed. Where both users are locked, the smaller id is first.
func (p *Pair) LockLists(user model.UserID) (removed bool, err error) {
	list, err := p.moveList(user, 0, 0)
	return list.RemovedAt != 0, err
}

// nextVersion moves the version of a user's friend list.
func (p *Pair) nextVersion(user model.UserID) (int64, error) {
	list, err := p.moveList(user, 1, 0)
	return list.Version, err
}

// moveList adds to the versions of a user's lists. Their row stays locked until the commit, so versions become visible in their
// order and who has seen version n misses nothing up to n.
func (p *Pair) moveList(user model.UserID, friends, blocks int64) (imfriend.FriendList, error) {
	list := imfriend.FriendList{UserID: int64(user), Version: friends, BlockVersion: blocks}
	err := p.tx.Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "user_id"}},
		DoUpdates: clause.Assignments(map[string]any{
			"version":       gorm.Expr("friend_lists.version + ?", friends),
			"block_version": gorm.Expr("friend_lists.block_version + ?", blocks),
		}),
	}).Create(&list).Error
	if err != nil {
		return imfriend.FriendList{}, fmt.Errorf("move list versions: %w", err)
	}
	if err := p.tx.Where("user_id = ?", user).Take(&list).Error; err != nil {
		return imfriend.FriendList{}, fmt.Errorf("move list versions: %w", err)
	}
	return list, nil
}
