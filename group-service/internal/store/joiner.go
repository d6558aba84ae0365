package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"im-backend/common/model"
	"im-backend/common/model/imgroup"
	"im-backend/common/utils/dbx"
)

// How many groups a user is in stands in a row of the user's own, which is locked after the group's, where there are several in the
// order of user ids. A dismissal leaves the counts of its members alone, as there may be 100,000 of them: a count is never too
// low, and who comes to the limit is counted anew, without the groups that are dismissed.

// Joiners are those of some users who can be in no further group.
type Joiners struct {
	Full    []model.UserID // in as many groups as a user may be in, if not in more
	Removed []model.UserID // whose account was deleted
}

// Joiners locks the counts of users until the commit and answers who of them can be in no further group.
func (l *Locked) Joiners(users []model.UserID, limit int32) (Joiners, error) {
	if len(users) == 0 {
		return Joiners{}, nil
	}
	if err := l.lockJoiners(users); err != nil {
		return Joiners{}, err
	}
	var rows []imgroup.Joiner
	err := l.tx.Where("user_id IN ? AND (`groups` >= ? OR removed_at > 0)", users, limit).Order("user_id").Find(&rows).Error
	if err != nil {
		return Joiners{}, fmt.Errorf("read group counts: %w", err)
	}
	var found Joiners
	for _, row := range rows {
		if row.RemovedAt > 0 {
			found.Removed = append(found.Removed, model.UserID(row.UserID))
			continue
		}
		n, err := l.recount(row.UserID)
		if err != nil {
			return Joiners{}, err
		}
		if n >= int64(limit) {
			found.Full = append(found.Full, model.UserID(row.UserID))
		}
	}
	return found, nil
}

// MarkRemoved notes for good that the account of a user was deleted. Whoever asks for Joiners from then on sees it, and who asked
// before has committed.
func (s *Store) MarkRemoved(ctx context.Context, user model.UserID, at time.Time) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		row := imgroup.Joiner{UserID: int64(user), RemovedAt: at.UnixMilli()}
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
