package store

import (
	"context"
	"fmt"

	"gorm.io/gorm/clause"

	"im-backend/common/model"
	"im-backend/common/model/imgroup"
	"im-backend/common/utils/dbx"
)

// Ban keeps a user out of a group.
type Ban struct {
	User      model.UserID
	By        model.UserID
	CreatedAt int64 // unix milliseconds
}

// Bans lists the bans of a group, the newest first, from the one after a given ban on (zero: from the newest).
func (s *Store) Bans(ctx context.Context, id model.GroupID, after Ban, limit int) ([]Ban, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	query := s.db.WithContext(ctx).Where("group_id = ?", id).Order("created_at DESC, user_id DESC").Limit(limit)
	if after.User > 0 {
		query = query.Where("(created_at < ? OR (created_at = ? AND user_id < ?))", after.CreatedAt, after.CreatedAt, after.User)
	}
	var rows []imgroup.Ban
	if err := query.Find(&rows).Error; err != nil {
		return nil, dbx.Typed(fmt.Errorf("list bans: %w", err))
	}
	bans := make([]Ban, 0, len(rows))
	for _, row := range rows {
		bans = append(bans, Ban{User: model.UserID(row.UserID), By: model.UserID(row.BannedBy), CreatedAt: row.CreatedAt})
	}
	return bans, nil
}

// Banned answers which of users are banned.
func (l *Locked) Banned(users []model.UserID) (map[model.UserID]bool, error) {
	var ids []int64
	err := l.tx.Model(&imgroup.Ban{}).Where("group_id = ? AND user_id IN ?", l.ID, users).Pluck("user_id", &ids).Error
	if err != nil {
		return nil, fmt.Errorf("read bans: %w", err)
	}
	banned := make(map[model.UserID]bool, len(ids))
	for _, id := range ids {
		banned[model.UserID(id)] = true
	}
	return banned, nil
}

// CountBans counts who is kept out.
func (l *Locked) CountBans() (int64, error) {
	var n int64
	if err := l.tx.Model(&imgroup.Ban{}).Where("group_id = ?", l.ID).Count(&n).Error; err != nil {
		return 0, fmt.Errorf("count bans: %w", err)
	}
	return n, nil
}

// Ban keeps a user out; an earlier ban stays as it is.
func (l *Locked) Ban(user, by model.UserID) error {
	row := imgroup.Ban{GroupID: int64(l.ID), UserID: int64(user), BannedBy: int64(by), CreatedAt: l.At.UnixMilli()}
	if err := l.tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
		return fmt.Errorf("add ban: %w", err)
	}
	return nil
}

// Unban ends a ban, if there is one.
func (l *Locked) Unban(user model.UserID) error {
	if err := l.tx.Where("group_id = ? AND user_id = ?", l.ID, user).Delete(&imgroup.Ban{}).Error; err != nil {
		return fmt.Errorf("delete ban: %w", err)
	}
	return nil
}
