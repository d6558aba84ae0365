package store

import (
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"im-backend/common/model"
	"im-backend/common/model/imgroup"
)

// Tombstones are kept this long at least; purgeStep of the older ones go with everybody who leaves.
const (
	tombstoneLife = 90 * 24 * time.Hour
	purgeStep     = 20
)

// Member reads and locks one member, one who left included as long as there is a tombstone (Left is true then, and JoinedAt when it
// left); false when there is none.
func (l *Locked) Member(user model.UserID) (Member, bool, error) {
	var row imgroup.GroupMember
	err := l.db.ForUpdate(l.tx).Where("group_id = ? AND user_id = ?", l.ID, user).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Member{}, false, nil
	}
	if err != nil {
		return Member{}, false, fmt.Errorf("read member: %w", err)
	}
	return memberOf(row), true, nil
}

// Present answers which of users are members.
func (l *Locked) Present(users []model.UserID) (map[model.UserID]bool, error) {
	var ids []int64
	err := l.tx.Model(&imgroup.GroupMember{}).Where("group_id = ? AND left_at = 0 AND user_id IN ?", l.ID, users).
		Pluck("user_id", &ids).Error
	if err != nil {
		return nil, fmt.Errorf("read members: %w", err)
	}
	present := make(map[model.UserID]bool, len(ids))
	for _, id := range ids {
		present[model.UserID(id)] = true
	}
	return present, nil
}

// Add makes users members. They must not be members yet, and Full has said that there is room.
func (l *Locked) Add(members []Member) error {
	rows := make([]imgroup.GroupMember, 0, len(members))
	users := make([]model.UserID, 0, len(members))
	for _, m := range members {
		users = append(users, m.User)
		rows = append(rows, imgroup.GroupMember{
			GroupID: int64(l.ID), UserID: int64(m.User), Role: int8(m.Role), UserName: m.Name, NameKey: m.NameKey(),
			InviterID: int64(m.Inviter), JoinedAt: l.At.UnixMilli(), MutedUntil: m.MutedUntil, Version: l.next(),
		})
	}
	// A row may be left of somebody who is no member any more.
	if err := l.tx.Clauses(clause.OnConflict{UpdateAll: true}).CreateInBatches(&rows, 200).Error; err != nil {
		return fmt.Errorf("add members: %w", err)
	}
	l.MemberCount += int32(len(members))
	return l.countJoined(users)
}

// StillMuted answers until when those of users who left while they were muted are muted, unix milliseconds.
func (l *Locked) StillMuted(users []model.UserID) (map[model.UserID]int64, error) {
	var rows []imgroup.GroupMember
	err := l.tx.Select("user_id", "muted_until").Where("group_id = ? AND user_id IN ? AND left_at > 0 AND muted_until > ?",
		l.ID, users, l.At.UnixMilli()).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read mutes: %w", err)
	}
	muted := make(map[model.UserID]int64, len(rows))
	for _, row := range rows {
		muted[model.UserID(row.UserID)] = row.MutedUntil
	}
	return muted, nil
}

// Remove ends a membership. Its row stays as a tombstone.
func (l *Locked) Remove(user model.UserID) error {
	at := l.At.UnixMilli()
	err := l.member(user).Updates(map[string]any{
		"left_at": at, "joined_at": at, "role": int8(NoRole), "name_key": "", "version": l.next(),
	}).Error
	if err != nil {
		return fmt.Errorf("remove member: %w", err)
	}
	l.MemberCount--
	if err := l.countLeft(user); err != nil {
		return err
	}
	return l.purge()
}

// Change saves a member's role, nickname and mute.
func (l *Locked) Change(m Member) error {
	err := l.member(m.User).Updates(map[string]any{
		"role": int8(m.Role), "nickname": m.Nickname, "name_key": m.NameKey(), "muted_until": m.MutedUntil, "version": l.next(),
	}).Error
	if err != nil {
		return fmt.Errorf("change member: %w", err)
	}
	return nil
}

func (l *Locked) member(user model.UserID) *gorm.DB {
	return l.tx.Model(&imgroup.GroupMember{}).Where("group_id = ? AND user_id = ? AND left_at = 0", l.ID, user)
}

// CountRole counts the members of a role.
func (l *Locked) CountRole(role Role) (int64, error) {
	var n int64
	err := l.tx.Model(&imgroup.GroupMember{}).Where("group_id = ? AND role = ? AND left_at = 0", l.ID, int8(role)).Count(&n).Error
	if err != nil {
		return 0, fmt.Errorf("count members: %w", err)
	}
	return n, nil
}

// Second reads and locks who comes after the owner: of the highest role, and of that who is a member the longest; false when
// there is nobody.
func (l *Locked) Second() (Member, bool, error) {
	var rows []imgroup.GroupMember
	err := l.db.ForUpdate(l.tx).Where("group_id = ? AND role > ? AND left_at = 0", l.ID, int8(Owner)).
		Order("role, joined_at, user_id").Limit(1).Find(&rows).Error
	if err != nil {
		return Member{}, false, fmt.Errorf("read next owner: %w", err)
	}
	if len(rows) == 0 {
		return Member{}, false, nil
	}
	return memberOf(rows[0]), true, nil
}

// purge forgets some of those who left long ago.
func (l *Locked) purge() error {
	var rows []imgroup.GroupMember
	err := l.tx.Select("user_id", "version").
		Where("group_id = ? AND role = ? AND joined_at < ?", l.ID, int8(NoRole), l.At.Add(-tombstoneLife).UnixMilli()).
		Order("joined_at").Limit(purgeStep).Find(&rows).Error
	if err != nil {
		return fmt.Errorf("look for tombstones: %w", err)
	}
	if len(rows) == 0 {
		return nil
	}
	users := make([]int64, 0, len(rows))
	for _, row := range rows {
		users = append(users, row.UserID)
		l.MembersSince = max(l.MembersSince, row.Version)
	}
	err = l.tx.Where("group_id = ? AND user_id IN ?", l.ID, users).Delete(&imgroup.GroupMember{}).Error
	if err != nil {
		return fmt.Errorf("purge tombstones: %w", err)
	}
	return nil
}
