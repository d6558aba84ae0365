package store

import (
	"fmt"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"im-backend/common/model"
	"im-backend/common/model/imgroup"
	"im-backend/common/utils/quota"
)

// How many groups a user is in stands in a row of the user's own, which is locked after the group's, where there are several in the
// order of user ids. A dismissal leaves the counts of its members alone, as there may be 100,000 of them: a count is never too
// low, and who comes to the limit is counted anew, without the groups that are dismissed.

// Full locks the counts of users until the commit and answers who is in as many groups as a user may be in, if not in more.
func (l *Locked) Full(users []model.UserID, limit int32) (map[model.UserID]bool, error) {
	if len(users) == 0 {
		return nil, nil
	}
	if err := l.lockJoiners(users); err != nil {
		return nil, err
	}
	var rows []imgroup.Joiner
	if err := l.tx.Where("user_id IN ? AND `groups` >= ?", users, limit).Order("user_id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read group counts: %w", err)
	}
	full := make(map[model.UserID]bool, len(rows))
	for _, row := range rows {
		n, err := l.recount(row.UserID)
		if err != nil {
			return nil, err
		}
		if n >= int64(limit) {
			full[model.UserID(row.UserID)] = true
		}
	}
	return full, nil
}

// recount counts the living groups of a user whose count is locked.
func (l *Locked) recount(user int64) (int64, error) {
	var n int64
	err := l.tx.Table("group_members AS m").Joins("JOIN `groups` AS g ON g.id = m.group_id").
		Where("m.user_id = ? AND m.left_at = 0 AND g.status = ?", user, int8(Active)).Count(&n).Error
	if err == nil {
		err = l.tx.Model(&imgroup.Joiner{UserID: user}).Update("groups", n).Error
	}
	if err != nil {
		return 0, fmt.Errorf("count groups: %w", err)
	}
	return n, nil
}

// countJoined counts one more group for each of users.
func (l *Locked) countJoined(users []model.UserID) error {
	err := l.lockJoiners(users)
	if err == nil {
		err = l.tx.Model(&imgroup.Joiner{}).Where("user_id IN ?", users).Update("groups", gorm.Expr("`groups` + 1")).Error
	}
	if err != nil {
		return fmt.Errorf("count groups: %w", err)
	}
	return nil
}

// countLeft counts one group less for a user.
func (l *Locked) countLeft(user model.UserID) error {
	err := l.tx.Model(&imgroup.Joiner{}).Where("user_id = ? AND `groups` > 0", user).
		Update("groups", gorm.Expr("`groups` - 1")).Error
	if err != nil {
		return fmt.Errorf("count groups: %w", err)
	}
	return nil
}

// lockJoiners locks the counts of users, in the order of ids, and makes those that are missing.
func (l *Locked) lockJoiners(users []model.UserID) error {
	var rows []imgroup.Joiner
	for _, user := range slices.Sorted(slices.Values(users)) {
		if !l.counted[user] {
			rows = append(rows, imgroup.Joiner{UserID: int64(user)})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	err := l.tx.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "user_id"}},
		DoUpdates: clause.Assignments(map[string]any{"groups": gorm.Expr("group_joiners.`groups`")}),
	}).CreateInBatches(&rows, 200).Error
	if err != nil {
		return fmt.Errorf("lock group counts: %w", err)
	}
	for _, user := range users {
		l.counted[user] = true
	}
	return nil
}

// Spend has take decide about one more group made by a user, whose count Full has locked, and keeps what it says was spent.
func (l *Locked) Spend(user model.UserID, take func(*quota.Spent)) error {
	var row imgroup.Joiner
	if err := l.tx.Take(&row, "user_id = ?", int64(user)).Error; err != nil {
		return fmt.Errorf("read groups made: %w", err)
	}
	spent := quota.Spent{
		Minute: quota.Window{At: row.MinuteAt, Count: row.MinuteCount}, Day: quota.Window{At: row.DayAt, Count: row.DayCount},
	}
	take(&spent)
	err := l.tx.Model(&row).Updates(map[string]any{
		"minute_at": spent.Minute.At, "minute_count": spent.Minute.Count, "day_at": spent.Day.At, "day_count": spent.Day.Count,
	}).Error
	if err != nil {
		return fmt.Errorf("count groups made: %w", err)
	}
	return nil
}
