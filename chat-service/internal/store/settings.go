package store

import (
	"context"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"im-backend/common/model"
	"im-backend/common/model/imchat"
	"im-backend/common/utils/errs"
)

// Settings are a user's own settings of a conversation; nil: as it is.
type Settings struct {
	Pinned       *bool
	MutedUntil   *int64 // unix milliseconds
	Draft        *string
	MarkedUnread *bool
	Archived     *bool
}

// UpdateSettings changes what is set. now is unix milliseconds. Errors: CONVERSATION_NOT_FOUND.
func (s *Store) UpdateSettings(ctx context.Context, user model.UserID, conversationID string, set Settings, now int64) error {
	columns := map[string]any{}
	if set.Pinned != nil {
		columns["pinned_at"] = int64(0)
		if *set.Pinned {
			columns["pinned_at"] = now
		}
	}
	if set.MutedUntil != nil {
		columns["muted_until"] = *set.MutedUntil
	}
	if set.Draft != nil {
		columns["draft"] = *set.Draft
	}
	if set.MarkedUnread != nil {
		columns["marked_unread"] = int64(0)
		if *set.MarkedUnread {
			columns["marked_unread"] = gorm.Expr("read_seq + 1")
		}
	}
	if set.Archived != nil {
		columns["archived"] = *set.Archived
	}
	return s.change(ctx, "update settings", user, conversationID, columns, now, nil)
}

// Hide leaves a conversation out of lists until it has a countable entry more than count, which it has at an entry. Errors:
// CONVERSATION_NOT_FOUND.
func (s *Store) Hide(ctx context.Context, user model.UserID, at Place, count, now int64) error {
	return s.change(ctx, "hide conversation", user, at.ConversationID, map[string]any{"hidden_seq": at.Seq, "hidden_count": count}, now, nil)
}

// Clear takes away from a user what stands up to an entry, which counts as read then: count countable entries. To the peers
// it looks like a change of their own, as when they are read. Errors: CONVERSATION_NOT_FOUND.
func (s *Store) Clear(ctx context.Context, user model.UserID, at Place, count, now int64, peers ...Membership) error {
	columns := map[string]any{
		"hidden_seq": s.atLeast("hidden_seq", at.Seq), "hidden_count": s.atLeast("hidden_count", count), "hidden_before_seq": s.atLeast("hidden_before_seq", at.Seq+1),
		"draft": "", "marked_unread": int64(0),
		"read_seq": s.atLeast("read_seq", at.Seq), "read_count": s.atLeast("read_count", count),
		"delivered_seq": s.atLeast("delivered_seq", at.Seq),
	}
	own := Membership{int64(user), at.ConversationID}
	defer s.noteDue()
	return s.change(ctx, "clear conversation", user, at.ConversationID, columns, now, func(tx *gorm.DB) error {
		for _, peer := range peers {
			err := tx.Model(&imchat.UserConversation{}).Where("user_id = ? AND conversation_id = ?", peer.UserID, peer.ConversationID).
				Update("updated_at", gorm.Expr(s.later(), now)).Error
			if err != nil {
				return err
			}
		}
		err := tx.Where("user_id = ? AND conversation_id = ? AND seq <= ?", int64(user), at.ConversationID, at.Seq).
			Delete(&imchat.DeletedMessage{}).Error
		if err != nil {
			return err
		}
		all := Reading{own, 1, at.Seq}
		return tx.Exec(startExpiry, all.args(now)...).Error
	}, append([]Membership{own}, peers...)...)
}

func (s *Store) atLeast(column string, value int64) clause.Expr {
	if s.db.SQLite {
		return gorm.Expr("MAX("+column+", ?)", value)
	}
	return gorm.Expr("GREATEST("+column+", ?)", value)
}

// DeleteForUser takes single entries away from a user. Those that are gone already stay as they are. Errors:
// CONVERSATION_NOT_FOUND.
func (s *Store) DeleteForUser(ctx context.Context, user model.UserID, conversationID string, seqs []int64, now int64) error {
	return s.change(ctx, "delete messages", user, conversationID, map[string]any{"deletions_at": now}, now, func(tx *gorm.DB) error {
		var entries []imchat.Message
		err := tx.Select("seq, type").Where("conversation_id = ? AND seq IN ?", conversationID, seqs).Find(&entries).Error
		if err != nil || len(entries) == 0 {
			return err
		}
		rows := make([]imchat.DeletedMessage, len(entries))
		for i, e := range entries {
			rows[i] = imchat.DeletedMessage{
				UserID: int64(user), ConversationID: conversationID, Seq: e.Seq, Countable: countable(conversationID, e.Type), DeletedAt: now,
			}
		}
		return tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&rows).Error
	})
}

// change sets columns of a user's row and does something more in the same transaction, which holds the rows of lock when that is
// more than the user's own.
func (s *Store) change(
	ctx context.Context, what string, user model.UserID, conversationID string, columns map[string]any, now int64, more func(tx *gorm.DB) error,
	lock ...Membership,
) error {
	columns["updated_at"] = gorm.Expr(s.later(), now)
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		if len(lock) > 1 && !s.db.SQLite {
			if err := tx.Exec(lockQuery(len(lock)), pairs(lock)...).Error; err != nil {
				return err
			}
		}
		done := tx.Model(&imchat.UserConversation{}).
			Where("user_id = ? AND conversation_id = ?", int64(user), conversationID).Updates(columns)
		if done.Error != nil {
			return done.Error
		}
		if done.RowsAffected == 0 {
			return errs.ErrConversationNotFound
		}
		if more == nil {
			return nil
		}
		return more(tx)
	})
	if err != nil {
		return failed(what, err)
	}
	return nil
}
