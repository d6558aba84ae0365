package store

import (
	"context"
	"errors"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"im-backend/common/model"
	"im-backend/common/model/imchat"
	"im-backend/common/utils/errs"
)

// The states of a scheduled message.
const (
	SchedulePending = "pending" // waits for its time, or is being sent
	ScheduleFailing = "failing" // was refused, which its sender is to be told
	ScheduleFailed  = "failed"  // was refused, which its sender knows
	ScheduleSent    = "sent"
)

// AddScheduled stores a message that waits, unless its user has one with the same client id, which is answered instead. Errors:
// SCHEDULE_LIMIT_REACHED when limit of them wait.
func (s *Store) AddScheduled(ctx context.Context, m *imchat.ScheduledMessage, limit int64) (*imchat.ScheduledMessage, error) {
	stored := m
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		stored = m
		// One row of the user's lets one of its requests in at a time.
		turn := imchat.UserQuota{UserID: m.UserID, Kind: "schedule"}
		if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&turn).Error; err != nil {
			return err
		}
		if err := s.db.ForUpdate(tx).Take(&turn, "user_id = ? AND kind = ?", m.UserID, turn.Kind).Error; err != nil {
			return err
		}
		var earlier imchat.ScheduledMessage
		err := tx.Take(&earlier, "user_id = ? AND client_msg_id = ?", m.UserID, m.ClientMsgID).Error
		if err == nil {
			stored = &earlier
			return nil
		}
		if !errors.Is(err, gorm.ErrRecordNotFound) {
			return err
		}
		var waiting int64
		err = tx.Model(m).Where("user_id = ? AND state = ?", m.UserID, SchedulePending).Count(&waiting).Error
		if err != nil {
			return err
		}
		if waiting >= limit {
			return errs.ErrScheduleLimitReached
		}
		return tx.Create(m).Error
	})
	if err != nil {
		return nil, failed("schedule message", err)
	}
	return stored, nil
}

// ListScheduled answers a page of a user's messages that wait or were refused, by id from one on.
func (s *Store) ListScheduled(ctx context.Context, user model.UserID, after int64, limit int) ([]*imchat.ScheduledMessage, error) {
	var rows []*imchat.ScheduledMessage
	err := s.db.WithContext(ctx).Where("user_id = ? AND state <> ? AND id > ?", int64(user), ScheduleSent, after).
		Order("id").Limit(limit).Find(&rows).Error
	if err != nil {
		return nil, failed("list scheduled messages", err)
	}
	return rows, nil
}

// CancelScheduled forgets a message that nobody has begun to send, or that was refused. Errors: SCHEDULED_NOT_FOUND,
// ALREADY_SENT.
func (s *Store) CancelScheduled(ctx context.Context, user model.UserID, id int64) error {
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		gone := tx.Where("id = ? AND user_id = ? AND (state = ? OR state = ? AND lease = 0)", id, int64(user), ScheduleFailed, SchedulePending).
			Delete(&imchat.ScheduledMessage{})
		if gone.Error != nil || gone.RowsAffected > 0 {
			return gone.Error
		}
		var m imchat.ScheduledMessage
		err := tx.Select("id").Take(&m, "id = ? AND user_id = ?", id, int64(user)).Error
		switch {
		case errors.Is(err, gorm.ErrRecordNotFound):
			return errs.ErrScheduledNotFound
		case err != nil:
			return err
		}
		return errs.ErrAlreadySent
	})
	if err != nil {
		return failed("cancel scheduled message", err)
	}
	return nil
}

// DueScheduled answers messages of which something is to be done now, the most urgent first. now is unix milliseconds.
func (s *Store) DueScheduled(ctx context.Context, now int64, limit int) ([]*imchat.ScheduledMessage, error) {
	var rows []*imchat.ScheduledMessage
	err := s.db.WithContext(ctx).Where("due_at <= ?", now).Order("due_at, id").Limit(limit).Find(&rows).Error
	if err != nil {
		return nil, failed("read due messages", err)
	}
	return rows, nil
}

// NextScheduled answers when something is to be done next, unix milliseconds; false: never.
func (s *Store) NextScheduled(ctx context.Context) (int64, bool, error) {
	var rows []imchat.ScheduledMessage
	if err := s.db.WithContext(ctx).Select("due_at").Order("due_at").Limit(1).Find(&rows).Error; err != nil {
		return 0, false, failed("read next due message", err)
	}
	if len(rows) == 0 {
		return 0, false, nil
	}
	return rows[0].DueAt, true, nil
}

// TakeScheduled makes a due message its caller's until a time; false when another instance was faster.
func (s *Store) TakeScheduled(ctx context.Context, m *imchat.ScheduledMessage, until int64) (bool, error) {
	lease := m.Lease + 1
	done, err := s.moveScheduled(ctx, m, map[string]any{"lease": lease, "due_at": until})
	if done {
		m.Lease, m.DueAt = lease, until
	}
	return done, err
}

// EndScheduled notes what came of a message that its caller has taken, and when to look at it again; nothing when another
// instance has taken it since.
func (s *Store) EndScheduled(ctx context.Context, m *imchat.ScheduledMessage, state, reason string, dueAt int64) error {
	columns := map[string]any{"state": state, "reason": reason, "due_at": dueAt}
	if state == ScheduleSent {
		columns["draft"] = []byte{}
	}
	_, err := s.moveScheduled(ctx, m, columns)
	return err
}

// moveScheduled changes a message that nobody has taken or changed since it was read.
func (s *Store) moveScheduled(ctx context.Context, m *imchat.ScheduledMessage, columns map[string]any) (bool, error) {
	var moved bool
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		done := tx.Model(&imchat.ScheduledMessage{}).
			Where("id = ? AND lease = ? AND state = ?", m.ID, m.Lease, m.State).Updates(columns)
		moved = done.RowsAffected > 0
		return done.Error
	})
	if err != nil {
		return false, failed("change scheduled message", err)
	}
	return moved, nil
}

// ForgetScheduled deletes a message that is over.
func (s *Store) ForgetScheduled(ctx context.Context, m *imchat.ScheduledMessage) error {
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		return tx.Where("id = ? AND state = ?", m.ID, m.State).Delete(&imchat.ScheduledMessage{}).Error
	})
	if err != nil {
		return failed("forget scheduled message", err)
	}
	return nil
}
