package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"im-backend/common/model"
	"im-backend/common/model/imuser"
	"im-backend/common/utils/dbx"
	"im-backend/common/utils/errs"
	"im-backend/user-service/internal/account"
	"im-backend/user-service/internal/notice"
)

// Update implements account.Store, by one conditional statement, and has told what others have to know.
func (s *Store) Update(ctx context.Context, id model.UserID, c account.Change, now int64) error {
	columns := columnsOf(c)
	columns["updated_at"] = now
	err := s.write(ctx, func(tx *gorm.DB) error {
		done := tx.Model(&imuser.User{}).Where("id = ? AND status <> ?", int64(id), account.Deleted).Updates(columns)
		if done.Error == nil && done.RowsAffected == 0 {
			return errs.ErrUserNotFound
		}
		if done.Error != nil {
			return done.Error
		}
		return note(tx, id, topicsOf(c), now)
	})
	if dbx.IsDuplicate(err) {
		return s.taken(ctx, id, c)
	}
	if err != nil {
		return dbx.Typed(fmt.Errorf("update user: %w", err))
	}
	return nil
}

// topicsOf is what others have to know of a change.
func topicsOf(c account.Change) (topics notice.Topics) {
	if c.Nickname != nil {
		topics |= notice.Name
	}
	if c.ShowLastSeen != nil {
		topics |= notice.Presence
	}
	return topics
}

// taken finds out which of the unique values another account has; the databases do not tell it in one way.
func (s *Store) taken(ctx context.Context, id model.UserID, c account.Change) error {
	if c.Phone == nil || *c.Phone == "" {
		return errs.ErrEmailTaken
	}
	others, err := s.find(ctx, func(db *gorm.DB) *gorm.DB { return db.Where("phone = ? AND id <> ?", *c.Phone, int64(id)) })
	if err != nil {
		return dbx.Typed(fmt.Errorf("update user: %w", err))
	}
	if len(others) > 0 || c.Email == nil || *c.Email == "" {
		return errs.ErrPhoneTaken
	}
	return errs.ErrEmailTaken
}

// ReplaceHash implements account.Store.
func (s *Store) ReplaceHash(ctx context.Context, id model.UserID, old, replacement string) error {
	err := s.write(ctx, func(tx *gorm.DB) error {
		return tx.Model(&imuser.User{}).Where("id = ? AND password_hash = ?", int64(id), old).
			Updates(map[string]any{"password_hash": replacement}).Error
	})
	if err != nil {
		return dbx.Typed(fmt.Errorf("replace hash: %w", err))
	}
	return nil
}
