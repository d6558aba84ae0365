package store

import (
	"fmt"

	"gorm.io/gorm/clause"

	"im-backend/common/model"
	"im-backend/common/model/imgroup"
	"im-backend/common/utils/quota"
)

// Spend has take decide about something more of one kind that a user does, and keeps what it says was spent. It locks what the user
// has spent until the commit, after everything else.
func (l *Locked) Spend(user model.UserID, kind string, take func(*quota.Spent)) error {
	row := imgroup.Quota{UserID: int64(user), Kind: kind}
	if err := l.tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
		return fmt.Errorf("add quota: %w", err)
	}
	if err := l.db.ForUpdate(l.tx).Take(&row, "user_id = ? AND kind = ?", int64(user), kind).Error; err != nil {
		return fmt.Errorf("read quota: %w", err)
	}
	spent := quota.Spent{
		Minute: quota.Window{At: row.MinuteAt, Count: row.MinuteCount}, Day: quota.Window{At: row.DayAt, Count: row.DayCount},
	}
	take(&spent)
	row.MinuteAt, row.MinuteCount, row.DayAt, row.DayCount = spent.Minute.At, spent.Minute.Count, spent.Day.At, spent.Day.Count
	if err := l.tx.Select("*").Updates(&row).Error; err != nil {
		return fmt.Errorf("spend quota: %w", err)
	}
	return nil
}
