package store

import (
	"context"

	"gorm.io/gorm"
)

// Readers says how many of those who should read an entry have.
type Readers struct {
	Members int64
	Read    int64
}

// readers are the present members who were there when an entry came, without its sender.
func (s *Store) readers(ctx context.Context, at Place, sender int64) *gorm.DB {
	return s.db.WithContext(ctx).Table("user_conversations").
		Where("conversation_id = ? AND max_visible_seq = 0 AND min_seq <= ? AND joined_seq <= ? AND user_id <> ?",
			at.ConversationID, at.Seq, at.Seq, sender)
}

// CountReaders counts who has read an entry.
func (s *Store) CountReaders(ctx context.Context, at Place, sender int64) (Readers, error) {
	var counts Readers
	err := s.readers(ctx, at, sender).
		Select("COUNT(*) AS members, COALESCE(SUM(CASE WHEN read_seq >= ? THEN 1 ELSE 0 END), 0) AS `read`", at.Seq).
		Take(&counts).Error
	if err != nil {
		return Readers{}, failed("count readers", err)
	}
	return counts, nil
}

// ListReaders answers who has read an entry, by id, from one user on.
func (s *Store) ListReaders(ctx context.Context, at Place, sender, after int64, limit int) ([]int64, error) {
	var users []int64
	err := s.readers(ctx, at, sender).Where("read_seq >= ? AND user_id > ?", at.Seq, after).
		Order("user_id").Limit(limit).Pluck("user_id", &users).Error
	if err != nil {
		return nil, failed("list readers", err)
	}
	return users, nil
}
