package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"im-backend/common/model"
	"im-backend/common/model/imfriend"
	"im-backend/common/utils/dbx"
)

// MarkRemoved notes for good that the account of a user was deleted. Whoever locks the lists of the user from then on sees it.
func (s *Store) MarkRemoved(ctx context.Context, user model.UserID, at time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		row := imfriend.FriendList{UserID: int64(user), RemovedAt: at.UnixMilli()}
		return tx.Clauses(clause.OnConflict{
			Columns:   []clause.Column{{Name: "user_id"}},
			DoUpdates: clause.Assignments(map[string]any{"removed_at": row.RemovedAt}),
		}).Create(&row).Error
	})
	if err != nil {
		return dbx.Typed(fmt.Errorf("mark user removed: %w", err))
	}
	return nil
}

// Ties lists users whom a friendship or a pending request ties to a user, at most limit of each kind, each once. more is false
// when these are all.
func (s *Store) Ties(ctx context.Context, user model.UserID, limit int) (others []model.UserID, more bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	db := s.db.WithContext(ctx)
	seen := map[model.UserID]struct{}{}
	for column, query := range map[string]*gorm.DB{
		"friend_id":    db.Model(&imfriend.Friendship{}).Where("user_id = ? AND deleted_at = 0", user),
		"to_user_id":   db.Model(&imfriend.FriendRequest{}).Where("from_user_id = ? AND status = ?", user, Pending),
		"from_user_id": db.Model(&imfriend.FriendRequest{}).Where("to_user_id = ? AND status = ?", user, Pending),
	} {
		var ids []model.UserID
		if err := query.Limit(limit).Pluck(column, &ids).Error; err != nil {
			return nil, false, dbx.Typed(fmt.Errorf("list ties: %w", err))
		}
		more = more || len(ids) == limit
		for _, id := range ids {
			if _, again := seen[id]; !again {
				seen[id] = struct{}{}
				others = append(others, id)
			}
		}
	}
	return others, more, nil
}
