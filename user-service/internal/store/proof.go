package store

import (
	"context"
	"fmt"
	"strconv"

	"gorm.io/gorm"

	"im-backend/common/model"
	"im-backend/common/model/imuser"
	"im-backend/common/utils/dbx"
	"im-backend/common/utils/errs"
	"im-backend/user-service/internal/account"
	"im-backend/user-service/internal/notice"
)

// SetPassword implements account.Store.
func (s *Store) SetPassword(
	ctx context.Context, id model.UserID, session int64, old, replacement string, now int64,
) (version int64, ok bool, err error) {
	err = s.write(ctx, func(tx *gorm.DB) error {
		done := tx.Model(&imuser.User{}).Where("id = ? AND password_hash = ? AND status <> ?", int64(id), old, account.Deleted).
			Updates(map[string]any{
				"password_hash": replacement, "password_version": gorm.Expr("password_version + 1"), "updated_at": now,
				"password_changed_at": now, "password_changed_by": session,
			})
		if ok = done.Error == nil && done.RowsAffected == 1; !ok {
			return done.Error
		}
		return tx.Model(&imuser.User{}).Where("id = ?", int64(id)).Pluck("password_version", &version).Error
	})
	if err != nil {
		return 0, false, dbx.Typed(fmt.Errorf("set password: %w", err))
	}
	return version, ok, nil
}

// SetStatus implements account.Store.
func (s *Store) SetStatus(ctx context.Context, id model.UserID, status account.Status, now int64) (version int64, err error) {
	err = s.write(ctx, func(tx *gorm.DB) error {
		done := tx.Model(&imuser.User{}).Where("id = ? AND status <> ?", int64(id), account.Deleted).
			Updates(map[string]any{"status": status, "password_version": gorm.Expr("password_version + 1"), "updated_at": now})
		if done.Error == nil && done.RowsAffected == 0 {
			return errs.ErrUserNotFound
		}
		if done.Error != nil {
			return done.Error
		}
		return tx.Model(&imuser.User{}).Where("id = ?", int64(id)).Pluck("password_version", &version).Error
	})
	if err != nil {
		return 0, dbx.Typed(fmt.Errorf("set status: %w", err))
	}
	return version, nil
}

// Delete implements account.Store, and has the deletion told.
func (s *Store) Delete(ctx context.Context, id model.UserID, hash string, now int64) (ok bool, err error) {
	err = s.write(ctx, func(tx *gorm.DB) error {
		done := tx.Model(&imuser.User{}).Where("id = ? AND password_hash = ? AND status <> ?", int64(id), hash, account.Deleted).
			Updates(map[string]any{
				"status": account.Deleted, "deleted_at": now, "updated_at": now, "password_hash": "",
				"password_changed_at": 0, "password_changed_by": 0, "username": "", "nickname": "",
				"nickname_key": "", "avatar_url": "", "bio": "", "gender": "", "phone": nil, "email": nil,
				"findable_by_phone": false, "findable_by_email": false, "findable_by_name": false, "show_last_seen": false, "friend_requests_from": "",
			})
		if ok = done.Error == nil && done.RowsAffected == 1; !ok {
			return done.Error
		}
		return note(tx, id, notice.Deletion, now)
	})
	if err != nil {
		return false, dbx.Typed(fmt.Errorf("delete user: %w", err))
	}
	return ok, nil
}

// FreeName implements account.Store. The key that stands in for the name is one that no name can have.
func (s *Store) FreeName(ctx context.Context, id model.UserID, deletedBy int64) error {
	err := s.write(ctx, func(tx *gorm.DB) error {
		return tx.Model(&imuser.User{}).Where("id = ? AND status = ? AND deleted_at <= ?", int64(id), account.Deleted, deletedBy).
			Updates(map[string]any{"username_key": "~" + strconv.FormatInt(int64(id), 10)}).Error
	})
	if err != nil {
		return dbx.Typed(fmt.Errorf("free name: %w", err))
	}
	return nil
}
