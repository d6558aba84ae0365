package store

import (
	"context"
	"fmt"

	"im-backend/common/model"
	"im-backend/common/model/imgroup"
	"im-backend/common/utils/dbx"
)

// GroupsAfter lists all groups by id, dismissed ones too, from the one after a given id on.
func (s *Store) GroupsAfter(ctx context.Context, after model.GroupID, limit int) ([]Group, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var rows []imgroup.Group
	if err := s.db.WithContext(ctx).Where("id > ?", after).Order("id").Limit(limit).Find(&rows).Error; err != nil {
		return nil, dbx.Typed(fmt.Errorf("dump groups: %w", err))
	}
	groups := make([]Group, 0, len(rows))
	for _, row := range rows {
		groups = append(groups, groupOf(row))
	}
	return groups, nil
}

// MembersAfter lists the members of a group by user id, from the one after a given id on.
func (s *Store) MembersAfter(ctx context.Context, id model.GroupID, after model.UserID, limit int) ([]Member, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var rows []imgroup.GroupMember
	err := s.db.WithContext(ctx).Where("group_id = ? AND user_id > ? AND left_at = 0", id, after).Order("user_id").Limit(limit).
		Find(&rows).Error
	if err != nil {
		return nil, dbx.Typed(fmt.Errorf("dump members: %w", err))
	}
	return membersOf(rows), nil
}
