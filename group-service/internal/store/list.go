package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"im-backend/common/model"
	"im-backend/common/model/imgroup"
	"im-backend/common/utils/dbx"
)

// What follows a member in an order of several columns is read in steps, each of which is one run of an index: those that have all
// but the last column in common with the member, then those that have all but the last two, and so on. One condition for all of
// them has an OR or compares rows, and makes a database read a group from its beginning for every page.

// The indexes of the orders.
const (
	byPlace   = "idx_group_members_place"
	byName    = "idx_group_members_name"
	byChanges = "idx_group_members_changed"
)

// run is the part of an index that a condition cuts out. Its order is by the columns that are not the same in all of it: MariaDB
// sorts by a text that is.
type run struct {
	where string
	args  []any
	order string
}

// Members lists the members of a group by role, then by the time they joined, from the one after a given member on (zero: from
// the owner); of one role, or of every one with NoRole.
func (s *Store) Members(ctx context.Context, id model.GroupID, role Role, after Member, limit int) ([]Member, error) {
	const order = "role, joined_at, user_id"
	const ofRole = "joined_at, user_id"
	if after.User == 0 { // those who left have no role
		first := run{"role >= ?", []any{int8(Owner)}, order}
		if role != NoRole {
			first = run{"role = ?", []any{int8(role)}, ofRole}
		}
		return s.list(ctx, byPlace, id, limit, first)
	}
	at := int8(after.Role)
	runs := []run{
		{"role = ? AND joined_at = ? AND user_id > ?", []any{at, after.JoinedAt, after.User}, "user_id"},
		{"role = ? AND joined_at > ?", []any{at, after.JoinedAt}, ofRole},
	}
	if role == NoRole {
		runs = append(runs, run{"role > ?", []any{at}, order})
	}
	return s.list(ctx, byPlace, id, limit, runs...)
}

// afterAnyKey stands behind every name key that begins with what stands before it.
const afterAnyKey = "\U0010FFFF"

// Named lists the members whose name key begins with prefix, by it and by id, from the one after a given member on. Those who left
// have no name key.
func (s *Store) Named(ctx context.Context, id model.GroupID, prefix string, after Member, limit int) ([]Member, error) {
	const order = "name_key, user_id"
	last := prefix + afterAnyKey
	if after.User == 0 {
		return s.list(ctx, byName, id, limit, run{"name_key >= ? AND name_key <= ?", []any{prefix, last}, order})
	}
	key := after.NameKey()
	return s.list(ctx, byName, id, limit,
		run{"name_key = ? AND user_id > ?", []any{key, after.User}, "user_id"},
		run{"name_key > ? AND name_key <= ?", []any{key, last}, order})
}

// MemberChanges lists those whose last change came after the version since and by until at the latest, those who left included,
// by version and id, from the one after a given member on.
func (s *Store) MemberChanges(ctx context.Context, id model.GroupID, since, until int64, after Member, limit int) ([]Member, error) {
	const order = "version, user_id"
	if after.User == 0 {
		return s.list(ctx, byChanges, id, limit, run{"version > ? AND version <= ?", []any{since, until}, order})
	}
	return s.list(ctx, byChanges, id, limit,
		run{"version = ? AND user_id > ?", []any{after.Version, after.User}, "user_id"},
		run{"version > ? AND version <= ?", []any{after.Version, until}, order})
}

// list reads runs of an index of a group's members, one after the other, until it has as many as it may answer.
func (s *Store) list(ctx context.Context, index string, id model.GroupID, limit int, runs ...run) ([]Member, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var members []Member
	for _, r := range runs {
		if len(members) == limit {
			break
		}
		var rows []imgroup.GroupMember
		err := s.indexed(ctx, index).Where("group_id = ? AND "+r.where, append([]any{id}, r.args...)...).
			Order(r.order).Limit(limit - len(members)).Find(&rows).Error
		if err != nil {
			return nil, dbx.Typed(fmt.Errorf("list members: %w", err))
		}
		members = append(members, membersOf(rows)...)
	}
	return members, nil
}

// indexed starts a query of members by an index. MySQL is told: with the figures of a small table it reads all of it and sorts.
func (s *Store) indexed(ctx context.Context, index string) *gorm.DB {
	db := s.db.WithContext(ctx)
	if s.db.SQLite {
		return db
	}
	return db.Table("group_members FORCE INDEX (" + index + ")")
}
