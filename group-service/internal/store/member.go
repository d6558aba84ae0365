package store

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"im-backend/common/model"
	"im-backend/common/model/imgroup"
	"im-backend/common/utils/dbx"
)

// Role is what a member may do in a group; the smaller is the higher.
type Role int8

// The roles, from the highest on.
const (
	NoRole   Role = 0 // not a member
	Owner    Role = 1
	Admin    Role = 2
	Ordinary Role = 3
)

// String is the name in JSON.
func (r Role) String() string {
	switch r {
	case Owner:
		return "owner"
	case Admin:
		return "admin"
	case Ordinary:
		return "member"
	case NoRole:
	}
	return ""
}

// Above reports whether r is a higher role than other.
func (r Role) Above(other Role) bool { return r < other }

// Member is a member of a group; times are unix milliseconds.
type Member struct {
	User       model.UserID
	Role       Role
	Nickname   string
	MutedUntil int64
	Inviter    model.UserID
	JoinedAt   int64
	Left       bool // no member any more, but the leaving call was not answered yet
}

func memberOf(row imgroup.GroupMember) Member {
	return Member{
		User: model.UserID(row.UserID), Role: Role(row.Role), Nickname: row.Nickname, MutedUntil: row.MutedUntil,
		Inviter: model.UserID(row.InviterID), JoinedAt: row.JoinedAt, Left: row.LeftAt != 0,
	}
}

// membersOf turns rows into members.
func membersOf(rows []imgroup.GroupMember) []Member {
	members := make([]Member, 0, len(rows))
	for _, row := range rows {
		members = append(members, memberOf(row))
	}
	return members
}

// Membership is a group and the role of one member in it.
type Membership struct {
	Group
	Role Role
}

type membershipRow struct {
	imgroup.Group
	Role int8
}

// memberships starts a query for the living groups of a user.
func (s *Store) memberships(ctx context.Context, user model.UserID) *gorm.DB {
	return s.db.WithContext(ctx).Table("group_members AS m").Select("g.*, m.role").
		Joins("JOIN `groups` AS g ON g.id = m.group_id").
		Where("m.user_id = ? AND m.left_at = 0 AND g.status = ?", user, int8(Active))
}

// Membership reads a living group as one of its members sees it; false for everybody else.
func (s *Store) Membership(ctx context.Context, id model.GroupID, user model.UserID) (Membership, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var row membershipRow
	err := s.memberships(ctx, user).Where("m.group_id = ?", id).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Membership{}, false, nil
	}
	if err != nil {
		return Membership{}, false, dbx.Typed(fmt.Errorf("read group: %w", err))
	}
	return Membership{Group: groupOf(row.Group), Role: Role(row.Role)}, true, nil
}

// Memberships lists the living groups of a user by id, from the one after a given id on.
func (s *Store) Memberships(ctx context.Context, user model.UserID, after model.GroupID, limit int) ([]Membership, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var rows []membershipRow
	err := s.memberships(ctx, user).Where("m.group_id > ?", after).Order("m.group_id").Limit(limit).Find(&rows).Error
	if err != nil {
		return nil, dbx.Typed(fmt.Errorf("list groups: %w", err))
	}
	list := make([]Membership, 0, len(rows))
	for _, row := range rows {
		list = append(list, Membership{Group: groupOf(row.Group), Role: Role(row.Role)})
	}
	return list, nil
}

// Members lists the members of a group by role, then by the time they joined, from the one after a given member on (zero: from
// the owner).
func (s *Store) Members(ctx context.Context, id model.GroupID, after Member, limit int) ([]Member, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	query := s.db.WithContext(ctx).Where("group_id = ? AND left_at = 0", id).Order("role, joined_at, user_id").Limit(limit)
	if after.User > 0 {
		query = query.Where("(role > ? OR (role = ? AND (joined_at > ? OR (joined_at = ? AND user_id > ?))))",
			int8(after.Role), int8(after.Role), after.JoinedAt, after.JoinedAt, after.User)
	}
	var rows []imgroup.GroupMember
	if err := query.Find(&rows).Error; err != nil {
		return nil, dbx.Typed(fmt.Errorf("list members: %w", err))
	}
	return membersOf(rows), nil
}

// Forget deletes the row of somebody who left, once the leaving call is answered.
func (s *Store) Forget(ctx context.Context, id model.GroupID, user model.UserID) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		return tx.Where("group_id = ? AND user_id = ? AND left_at > 0", id, user).Delete(&imgroup.GroupMember{}).Error
	})
	if err != nil {
		return dbx.Typed(fmt.Errorf("forget member: %w", err))
	}
	return nil
}

// Member reads one member, one who left without an answer included; false when there is none.
func (l *Locked) Member(user model.UserID) (Member, bool, error) {
	var row imgroup.GroupMember
	err := l.tx.Where("group_id = ? AND user_id = ?", l.ID, user).Take(&row).Error
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

// Add makes users members. They must not be members yet.
func (l *Locked) Add(members []Member) error {
	rows := make([]imgroup.GroupMember, 0, len(members))
	for _, m := range members {
		rows = append(rows, imgroup.GroupMember{
			GroupID: int64(l.ID), UserID: int64(m.User), Role: int8(m.Role), InviterID: int64(m.Inviter),
			JoinedAt: l.At.UnixMilli(),
		})
	}
	// A row may be left of somebody who is no member any more.
	if err := l.tx.Clauses(clause.OnConflict{UpdateAll: true}).CreateInBatches(&rows, 200).Error; err != nil {
		return fmt.Errorf("add members: %w", err)
	}
	l.MemberCount += int32(len(members))
	return nil
}

// Remove ends a membership; its row stays until Forget.
func (l *Locked) Remove(user model.UserID) error {
	err := l.tx.Model(&imgroup.GroupMember{}).Where("group_id = ? AND user_id = ?", l.ID, user).
		Update("left_at", l.At.UnixMilli()).Error
	if err != nil {
		return fmt.Errorf("remove member: %w", err)
	}
	l.MemberCount--
	return nil
}
