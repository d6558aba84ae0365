package store

import (
	"context"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"im-backend/chat-service/internal/message"
	"im-backend/common/model"
	"im-backend/common/model/imchat"
)

// TakeWalk makes the walk over the conversations of a type its caller's until a time, unix milliseconds; nil when it is not due or
// another instance was faster.
func (s *Store) TakeWalk(ctx context.Context, kind model.ConversationType, now, until int64) (*imchat.RetentionWalk, error) {
	w := imchat.RetentionWalk{Type: string(rune(kind))}
	var mine bool
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&imchat.RetentionWalk{Type: w.Type}).Error; err != nil {
			return err
		}
		if err := s.db.ForUpdate(tx).Take(&w, "type = ?", w.Type).Error; err != nil {
			return err
		}
		if mine = w.DueAt <= now; !mine {
			return nil
		}
		w.Lease, w.DueAt = w.Lease+1, until
		return tx.Save(&w).Error
	})
	if err != nil {
		return nil, failed("take retention walk", err)
	}
	if !mine {
		return nil, nil //nolint:nilnil // nil is documented
	}
	return &w, nil
}

// SaveWalk notes how far a walk has come, and when anybody may go on with it; false when another instance has taken it since.
func (s *Store) SaveWalk(ctx context.Context, w *imchat.RetentionWalk) (bool, error) {
	var mine bool
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		done := tx.Model(&imchat.RetentionWalk{}).Where("type = ? AND lease = ?", w.Type, w.Lease).
			Updates(map[string]any{"after_id": w.AfterID, "due_at": w.DueAt})
		mine = done.RowsAffected > 0
		return done.Error
	})
	if err != nil {
		return false, failed("save retention walk", err)
	}
	return mine, nil
}

// Aged is a conversation as a walk sees it.
type Aged struct {
	ID       string
	OldestAt int64 // when its oldest entry was made, unix milliseconds; zero: it has none
	Leftover bool  // of what was trimmed not all is deleted
}

// AgedConversations answers the conversations of a type after an id, in order of id.
func (s *Store) AgedConversations(ctx context.Context, kind model.ConversationType, afterID string, limit int) ([]Aged, error) {
	var rows []Aged
	prefix := string(rune(kind))
	err := s.db.WithContext(ctx).Table("conversations c").
		Joins("LEFT JOIN messages m ON m.conversation_id = c.id AND m.seq = c.trimmed_seq + 1").
		Select("c.id, COALESCE(m.created_at, 0) AS oldest_at, c.trimmed_seq > 0 AND EXISTS"+
			" (SELECT 1 FROM messages o WHERE o.conversation_id = c.id AND o.seq <= c.trimmed_seq) AS leftover").
		Where("c.id > ? AND c.id < ?", max(afterID, prefix+":"), prefix+";").Order("c.id").Limit(limit).Find(&rows).Error
	if err != nil {
		return nil, failed("read conversations to trim", err)
	}
	return rows, nil
}

// TrimTo takes up to limit entries that were made before a time, unix milliseconds, off the oldest end of a conversation: from now
// on nobody sees them. It answers the last seq that is off, and whether there may be more of them. Delete what is off with
// DeleteTrimmed.
func (s *Store) TrimTo(ctx context.Context, id string, before int64, limit int) (trimmed int64, more bool, err error) {
	err = s.db.Tx(ctx, func(tx *gorm.DB) error {
		var head imchat.Conversation
		if err := tx.Select("trimmed_seq").Take(&head, "id = ?", id).Error; err != nil {
			return err
		}
		trimmed, more = head.TrimmedSeq, false
		var last imchat.Message
		var old int
		rows, err := tx.Model(&imchat.Message{}).Select("seq, type, count_before, created_at").
			Where("conversation_id = ? AND seq > ?", id, trimmed).Order("seq").Limit(limit).Rows()
		if err != nil {
			return err
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var m imchat.Message
			if err := rows.Scan(&m.Seq, &m.Type, &m.CountBefore, &m.CreatedAt); err != nil {
				return err
			}
			if m.CreatedAt >= before {
				break
			}
			last, old = m, old+1
		}
		if err := rows.Err(); err != nil || old == 0 {
			return err
		}
		_ = rows.Close() // SQLite has one connection in a transaction
		count := last.CountBefore
		if message.Countable(model.ConversationType(id[0]), last.Type) {
			count++
		}
		trimmed, more = last.Seq, old == limit
		return tx.Model(&imchat.Conversation{}).Where("id = ? AND trimmed_seq < ?", id, trimmed).
			Updates(map[string]any{"trimmed_seq": trimmed, "trimmed_count": count}).Error
	})
	if err != nil {
		return 0, false, failed("trim conversation", err)
	}
	return trimmed, more, nil
}

// ForgetTrimmed deletes what is known of trimmed entries beside them: what users have deleted for themselves, and blocks of search
// before one.
func (s *Store) ForgetTrimmed(ctx context.Context, id string, trimmed, block int64) error {
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		var users []int64
		err := tx.Model(&imchat.UserConversation{}).Where("conversation_id = ? AND deletions_at > 0", id).Pluck("user_id", &users).Error
		if err != nil {
			return err
		}
		for _, user := range users {
			err := tx.Where("user_id = ? AND conversation_id = ? AND seq <= ?", user, id, trimmed).Delete(&imchat.DeletedMessage{}).Error
			if err != nil {
				return err
			}
		}
		return tx.Where("conversation_id = ? AND block < ?", id, block).Delete(&imchat.SearchBlock{}).Error
	})
	if err != nil {
		return failed("forget trimmed entries", err)
	}
	return nil
}

// DeleteTrimmed deletes up to limit trimmed entries, the oldest first, with their reactions, edits, pins and mentions; whether there
// may be more is the answer.
func (s *Store) DeleteTrimmed(ctx context.Context, id string, trimmed int64, limit int) (more bool, err error) {
	err = s.db.Tx(ctx, func(tx *gorm.DB) error {
		var rows []*imchat.Message
		err := tx.Select("conversation_id, seq, mentions").Where("conversation_id = ? AND seq <= ?", id, trimmed).
			Order("seq").Limit(limit).Find(&rows).Error
		if more = len(rows) == limit; err != nil || len(rows) == 0 {
			return err
		}
		for _, m := range rows {
			if m.Mentions == "" {
				continue
			}
			err := tx.Where("conversation_id = ? AND user_id IN ? AND seq = ?", id, mentioned(m), m.Seq).Delete(&imchat.MessageMention{}).Error
			if err != nil {
				return err
			}
		}
		// The messages last: what they leave behind is found by them.
		for _, table := range []any{
			&imchat.MessageEdit{}, &imchat.MessageReaction{}, &imchat.ReactionCount{}, &imchat.PinnedMessage{}, &imchat.ExpiringMessage{},
			&imchat.Message{},
		} {
			err := tx.Where("conversation_id = ? AND seq BETWEEN ? AND ?", id, rows[0].Seq, rows[len(rows)-1].Seq).Delete(table).Error
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return false, failed("delete trimmed entries", err)
	}
	return more, nil
}

// mentioned answers whom a message mentions.
func mentioned(m *imchat.Message) []int64 {
	var users []int64
	for _, text := range message.Distinct(message.MentionList(m.Mentions)) {
		id, _ := model.ParseID(text) // "all" is zero
		users = append(users, id)
	}
	return users
}
