package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"im-backend/common/model"
	"im-backend/common/model/imuser"
	"im-backend/common/utils/dbx"
	"im-backend/common/utils/quota"
)

// Spend implements budget.Store: the row is locked from the look at it to the change.
func (s *Store) Spend(ctx context.Context, user model.UserID, change func(*quota.Spent)) error {
	err := s.write(ctx, func(tx *gorm.DB) error {
		row := imuser.SearchBudget{UserID: int64(user)}
		if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
			return err
		}
		if err := s.db.ForUpdate(tx).Take(&row, "user_id = ?", int64(user)).Error; err != nil {
			return err
		}
		spent := quota.Spent{
			Minute: quota.Window{At: row.MinuteAt, Count: row.MinuteCount}, Day: quota.Window{At: row.DayAt, Count: row.DayCount},
		}
		change(&spent)
		row.MinuteAt, row.MinuteCount = spent.Minute.At, spent.Minute.Count
		row.DayAt, row.DayCount = spent.Day.At, spent.Day.Count
		return tx.Select("*").Updates(&row).Error
	})
	if err != nil {
		return dbx.Typed(fmt.Errorf("spend search: %w", err))
	}
	return nil
}
