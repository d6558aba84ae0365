package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"im-backend/common/model"
	"im-backend/common/model/imuser"
	"im-backend/common/utils/dbx"
	"im-backend/user-service/internal/notice"
)

// note has something of a user told after the commit of tx. What waits already waits together with it.
func note(tx *gorm.DB, id model.UserID, topics notice.Topics, now int64) error {
	if topics == 0 {
		return nil
	}
	row := imuser.Notice{UserID: int64(id), Version: 1, Topics: int64(topics), DueAt: now, CreatedAt: now}
	return tx.Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "user_id"}},
		DoUpdates: clause.Assignments(map[string]any{
			"version": gorm.Expr("notices.version + 1"),
			"topics":  gorm.Expr("notices.topics | ?", int64(topics)),
		}),
	}).Create(&row).Error
}

// DueNotices implements notice.Store.
func (s *Store) DueNotices(ctx context.Context, now int64, limit int) ([]model.UserID, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var users []model.UserID
	err := s.db.WithContext(ctx).Model(&imuser.Notice{}).Where("due_at <= ?", now).Order("due_at").Limit(limit).
		Pluck("user_id", &users).Error
	if err != nil {
		return nil, dbx.Typed(fmt.Errorf("look for notices: %w", err))
	}
	return users, nil
}

// ClaimNotice implements notice.Store. The user is read after the notice: it is as new as the version, or newer.
func (s *Store) ClaimNotice(
	ctx context.Context, id model.UserID, now, until int64,
) (n notice.Notice, ok bool, err error) {
	err = s.write(ctx, func(tx *gorm.DB) error {
		done := tx.Model(&imuser.Notice{}).Where("user_id = ? AND due_at <= ?", int64(id), now).Updates(map[string]any{"due_at": until})
		if ok = done.Error == nil && done.RowsAffected == 1; !ok {
			return done.Error
		}
		var row imuser.Notice
		if err := tx.Take(&row, "user_id = ?", int64(id)).Error; err != nil {
			return err
		}
		var user imuser.User
		if err := tx.Take(&user, "id = ?", int64(id)).Error; err != nil {
			return err
		}
		n = notice.Notice{
			User: id, Name: user.Nickname, Topics: notice.Topics(row.Topics), Attempts: row.Attempts, Version: row.Version, Claim: until,
		}
		if n.Name == "" {
			n.Name = user.Username
		}
		return nil
	})
	if err != nil {
		return notice.Notice{}, false, dbx.Typed(fmt.Errorf("claim notice: %w", err))
	}
	return n, ok, nil
}

// RemoveNotice implements notice.Store.
func (s *Store) RemoveNotice(ctx context.Context, n notice.Notice, now int64) error {
	err := s.write(ctx, func(tx *gorm.DB) error {
		done := tx.Where("user_id = ? AND due_at = ? AND version = ?", int64(n.User), n.Claim, n.Version).Delete(&imuser.Notice{})
		if done.Error != nil || done.RowsAffected == 1 {
			return done.Error
		}
		return giveBack(tx, n, now, 0)
	})
	if err != nil {
		return dbx.Typed(fmt.Errorf("remove notice: %w", err))
	}
	return nil
}

// DelayNotice implements notice.Store.
func (s *Store) DelayNotice(ctx context.Context, n notice.Notice, due int64) error {
	err := s.write(ctx, func(tx *gorm.DB) error { return giveBack(tx, n, due, n.Attempts+1) })
	if err != nil {
		return dbx.Typed(fmt.Errorf("delay notice: %w", err))
	}
	return nil
}

// giveBack ends a claim that has not gone to another.
func giveBack(tx *gorm.DB, n notice.Notice, due, attempts int64) error {
	return tx.Model(&imuser.Notice{}).Where("user_id = ? AND due_at = ?", int64(n.User), n.Claim).
		Updates(map[string]any{"due_at": due, "attempts": attempts}).Error
}

// NoticeBacklog implements notice.Store.
func (s *Store) NoticeBacklog(ctx context.Context) (b notice.Backlog, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	err = s.db.WithContext(ctx).Model(&imuser.Notice{}).
		Select("COUNT(*) AS pending, COALESCE(MIN(created_at), 0) AS oldest").Scan(&b).Error
	if err != nil {
		return notice.Backlog{}, dbx.Typed(fmt.Errorf("measure notices: %w", err))
	}
	return b, nil
}
