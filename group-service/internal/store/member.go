package store

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"im-backend/common/model"
	"im-backend/common/model/imgroup"
	"im-backend/common/utils/dbx"
	"im-backend/common/utils/label"
)

// Role is what a member may do in a group; the smaller is the higher.
type Role int8

// The roles, from the highest on.
const (
	NoRole   Role = 0 // not a member, or not any more
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

// RoleOf is the role of a name; NoRole when it is none.
func RoleOf(name string) Role {
	for _, role := range []Role{Owner, Admin, Ordinary} {
		if name == role.String() {
			return role
		}
	}
	return NoRole
}

// Above reports whether r is a higher role than other.
func (r Role) Above(other Role) bool { return r < other }

// Member is a member of a group; times are unix milliseconds.
type Member struct {
	User       model.UserID
	Role       Role
	Nickname   string // in this group
	Name       string // the user's own
	MutedUntil int64
	Inviter    model.UserID
	JoinedAt   int64
	Version    int64 // of the group when the member changed last
	Left       bool  // no member any more
}

// NameKey is under what the member is found by name.
func (m Member) NameKey() string {
	if m.Nickname != "" {
		return label.Key(m.Nickname)
	}
	return label.Key(m.Name)
}

func memberOf(row imgroup.GroupMember) Member {
	return Member{
		User: model.UserID(row.UserID), Role: Role(row.Role), Nickname: row.Nickname, Name: row.UserName,
		MutedUntil: row.MutedUntil, Inviter: model.UserID(row.InviterID), JoinedAt: row.JoinedAt, Version: row.Version,
		Left: row.LeftAt != 0,
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

// Member reads a member of a group; false when there is none.
func (s *Store) Member(ctx context.Context, id model.GroupID, user model.UserID) (Member, bool, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var row imgroup.GroupMember
	err := s.db.WithContext(ctx).Where("group_id = ? AND user_id = ? AND left_at = 0", id, user).Take(&row).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return Member{}, false, nil
	}
	if err != nil {
		return Member{}, false, dbx.Typed(fmt.Errorf("read member: %w", err))
	}
	return memberOf(row), true, nil
}

// Rename gives a user's own name to all of its memberships, in steps of a bounded number of rows.
func (s *Store) Rename(ctx context.Context, user model.UserID, name string) error {
	const step = 200
	var after int64
	for {
		groups, err := s.rename(ctx, user, name, after, step)
		if err != nil {
			return dbx.Typed(fmt.Errorf("rename member: %w", err))
		}
		if len(groups) < step {
			return nil
		}
		after = groups[len(groups)-1]
	}
}

// rename does one step and answers the groups that it has looked at.
func (s *Store) rename(ctx context.Context, user model.UserID, name string, after int64, step int) (groups []int64, err error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	err = s.db.Tx(ctx, func(tx *gorm.DB) error {
		groups = nil
		err := tx.Model(&imgroup.GroupMember{}).Where("user_id = ? AND left_at = 0 AND group_id > ?", user, after).
			Order("group_id").Limit(step).Pluck("group_id", &groups).Error
		if err != nil || len(groups) == 0 {
			return err
		}
		// What is read here may have changed since: the statement decides about each row by itself.
		return tx.Model(&imgroup.GroupMember{}).Where("user_id = ? AND left_at = 0 AND group_id IN ?", user, groups).
			Updates(map[string]any{
				"user_name": name,
				"name_key":  gorm.Expr("CASE WHEN nickname = '' THEN ? ELSE name_key END", label.Key(name)),
			}).Error
	})
	return groups, err
}
