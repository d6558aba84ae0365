package store

import (
	"context"
	"database/sql"

	"gorm.io/gorm"

	"im-backend/common/model/imchat"
)

// Reading is a run of entries, both ends included, that a user's read position has moved over.
type Reading struct {
	Membership
	From, To int64
}

// startExpiry gives those messages of a Reading that expire, that nobody has read before and that are in the user's window the
// time of their recall. One's own messages are not read by oneself.
const startExpiry = "UPDATE expiring_messages SET due_at=?+1000*lifetime WHERE conversation_id=? AND seq BETWEEN ? AND ? AND due_at=0" +
	" AND sender_id<>? AND seq>=COALESCE((SELECT min_seq FROM user_conversations WHERE user_id=? AND conversation_id=?),1)"

func (r Reading) args(now int64) []any {
	return []any{now, r.ConversationID, r.From, r.To, r.UserID, r.UserID, r.ConversationID}
}

// StartExpiry begins the time of messages that were read now, unix milliseconds. The transaction must have changed the rows of
// the users before: whoever changes both kinds of rows does it in this order.
func (t *Tx) StartExpiry(read []Reading, now int64) error {
	for _, r := range read {
		t.due = true
		if err := t.exec("start expiry", startExpiry, r.args(now)); err != nil {
			return err
		}
	}
	return nil
}

// InsertExpiring notes messages that expire after they were read.
func (t *Tx) InsertExpiring(rows []*imchat.ExpiringMessage) error {
	args := make([]any, 0, 5*len(rows))
	for _, r := range rows {
		args = append(args, r.ConversationID, r.Seq, r.SenderID, r.Lifetime, r.DueAt)
	}
	return t.insert("insert expiring messages", "INSERT INTO expiring_messages (conversation_id,seq,sender_id,lifetime,due_at)", 5, "", args)
}

// DeleteExpiring forgets messages that are recalled.
func (t *Tx) DeleteExpiring(places []Place) error {
	for _, at := range places {
		err := t.exec("forget expiring message", "DELETE FROM expiring_messages WHERE conversation_id=? AND seq=?", []any{at.ConversationID, at.Seq})
		if err != nil {
			return err
		}
	}
	return nil
}

// ExpiringSeqs answers up to limit messages of a conversation that wait for their recall, or for somebody to read them.
func (t *Tx) ExpiringSeqs(conversationID string, limit int) ([]int64, error) {
	var seqs []int64
	err := t.query("read expiring messages", "SELECT seq FROM expiring_messages WHERE conversation_id=? ORDER BY seq LIMIT ?",
		[]any{conversationID, limit}, func(rows *sql.Rows) error {
			var seq int64
			err := rows.Scan(&seq)
			seqs = append(seqs, seq)
			return err
		})
	return seqs, err
}

// Due gets a value after messages got the time of their recall by a transaction of this Store. It is for one reader.
func (s *Store) Due() <-chan struct{} { return s.due }

func (s *Store) noteDue() {
	select {
	case s.due <- struct{}{}:
	default: // it is known already
	}
}

// DueExpiring answers messages that are to be recalled now, the most urgent first. now is unix milliseconds.
func (s *Store) DueExpiring(ctx context.Context, now int64, limit int) ([]*imchat.ExpiringMessage, error) {
	var rows []*imchat.ExpiringMessage
	err := s.db.WithContext(ctx).Where("due_at BETWEEN 1 AND ?", now).Order("due_at").Limit(limit).Find(&rows).Error
	if err != nil {
		return nil, failed("read expired messages", err)
	}
	return rows, nil
}

// NextExpiring answers when a message is to be recalled next, unix milliseconds; false: none has been read.
func (s *Store) NextExpiring(ctx context.Context) (int64, bool, error) {
	var rows []imchat.ExpiringMessage
	if err := s.db.WithContext(ctx).Select("due_at").Where("due_at > 0").Order("due_at").Limit(1).Find(&rows).Error; err != nil {
		return 0, false, failed("read next expiring message", err)
	}
	if len(rows) == 0 {
		return 0, false, nil
	}
	return rows[0].DueAt, true, nil
}

// TakeExpiring makes a due message its caller's until a time; false when another instance was faster or it is gone.
func (s *Store) TakeExpiring(ctx context.Context, m *imchat.ExpiringMessage, until int64) (bool, error) {
	var taken bool
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		done := tx.Model(&imchat.ExpiringMessage{}).
			Where("conversation_id = ? AND seq = ? AND due_at = ?", m.ConversationID, m.Seq, m.DueAt).Update("due_at", until)
		taken = done.RowsAffected > 0
		return done.Error
	})
	if err != nil {
		return false, failed("take expired message", err)
	}
	return taken, nil
}

// ForgetExpiring forgets a message that is not there any more.
func (s *Store) ForgetExpiring(ctx context.Context, at Place) error {
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		return tx.Where("conversation_id = ? AND seq = ?", at.ConversationID, at.Seq).Delete(&imchat.ExpiringMessage{}).Error
	})
	if err != nil {
		return failed("forget expiring message", err)
	}
	return nil
}
