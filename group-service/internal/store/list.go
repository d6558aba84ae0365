package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"im-backend/common/model"
	"im-backend/common/model/imgroup"
	"im-backend/common/utils/dbx"
)

// Members lists the members of a group by role, then by the time they joined, from the one after a given member on (zero: from
// the owner); of one role, or of every one with NoRole.
func (s *Store) Members(ctx context.Context, id model.GroupID, role Role, after Member, limit int) ([]Member, error) {
	// The first bound says what the rest says too, but so that an index takes it. Those who left have no role.
	return s.list(ctx, "role, joined_at, user_id", limit, func(query *gorm.DB) *gorm.DB {
		query = query.Where("group_id = ? AND role >= ? AND left_at = 0", id, max(int8(after.Role), int8(role), int8(Owner)))
		if role != NoRole {
			query = query.Where("role = ?", int8(role))
		}
		if after.User > 0 {
			query = query.Where("(role > ? OR (role = ? AND (joined_at > ? OR (joined_at = ? AND user_id > ?))))",
				int8(after.Role), int8(after.Role), after.JoinedAt, after.JoinedAt, after.User)
		}
		return query
	})
}

// afterAnyKey stands behind every name key that begins with what stands before it.
const afterAnyKey = "\U0010FFFF"

// Named lists the members whose name key begins with prefix, by it and by id, from the one after a given member on.
func (s *Store) Named(ctx context.Context, id model.GroupID, prefix string, after Member, limit int) ([]Member, error) {
	return s.list(ctx, "name_key, user_id", limit, func(query *gorm.DB) *gorm.DB {
		query = query.Where("group_id = ? AND left_at = 0 AND name_key <= ?", id, prefix+afterAnyKey)
		if after.User == 0 {
			return query.Where("name_key >= ?", prefix)
		}
		key := after.NameKey()
		return query.Where("name_key >= ? AND (name_key > ? OR user_id > ?)", key, key, after.User)
	})
}

// MemberChanges lists those whose last change came after the version since and by until at the latest, those who left included,
// by version and id, from the one after a given member on.
func (s *Store) MemberChanges(ctx context.Context, id model.GroupID, since, until int64, after Member, limit int) ([]Member, error) {
	return s.list(ctx, "version, user_id", limit, func(query *gorm.DB) *gorm.DB {
		query = query.Where("group_id = ? AND version <= ?", id, until)
		if after.User == 0 {
			return query.Where("version > ?", since)
		}
		return query.Where("version >= ? AND (version > ? OR user_id > ?)", after.Version, after.Version, after.User)
	})
}

func (s *Store) list(ctx context.Context, order string, limit int, where func(*gorm.DB) *gorm.DB) ([]Member, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var rows []imgroup.GroupMember
	if err := where(s.db.WithContext(ctx)).Order(order).Limit(limit).Find(&rows).Error; err != nil {
		return nil, dbx.Typed(fmt.Errorf("list members: %w", err))
	}
	return membersOf(rows), nil
}
