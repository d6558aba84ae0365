package store

import (
	"context"
	"slices"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"im-backend/common/model"
	"im-backend/common/model/imchat"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/quota"
)

// LatestViews answers the conversations of a user, those that changed last first.
func (s *Store) LatestViews(ctx context.Context, user model.UserID, limit int) ([]*View, error) {
	var views []*View
	if err := s.views(ctx, user).Order("stamp DESC, uc.conversation_id").Limit(limit).Find(&views).Error; err != nil {
		return nil, failed("read conversations", err)
	}
	return views, nil
}

// ViewsAfter answers the conversations of a user after an id, in order of id.
func (s *Store) ViewsAfter(ctx context.Context, user model.UserID, afterID string, limit int) ([]*View, error) {
	if _, err := model.ParseConversationID(afterID); afterID != "" && err != nil {
		return nil, errs.InvalidField("afterId", "is not a conversation")
	}
	var views []*View
	err := s.views(ctx, user).Where("uc.conversation_id > ?", afterID).Order("uc.conversation_id").Limit(limit).Find(&views).Error
	if err != nil {
		return nil, failed("read conversations", err)
	}
	return views, nil
}

// SearchBlocks answers what is known of blocks, each named by its conversation and number, in one round trip.
func (s *Store) SearchBlocks(ctx context.Context, blocks []Place) (map[Place]*imchat.SearchBlock, error) {
	found := make(map[Place]*imchat.SearchBlock, len(blocks))
	if len(blocks) == 0 {
		return found, nil
	}
	args := make([]any, 0, 2*len(blocks))
	for _, b := range blocks {
		args = append(args, b.ConversationID, b.Seq)
	}
	var rows []*imchat.SearchBlock
	err := s.db.WithContext(ctx).
		Where("(conversation_id, block) IN ("+values(s.db.SQLite)+tuples(len(blocks), 2)+")", args...).Find(&rows).Error
	if err != nil {
		return nil, failed("read search blocks", err)
	}
	for _, r := range rows {
		found[Place{r.ConversationID, r.Block}] = r
	}
	return found, nil
}

// SaveSearchBlock stores what is known of a block, unless more is known already.
func (s *Store) SaveSearchBlock(ctx context.Context, b *imchat.SearchBlock) error {
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(b).Error
		if err != nil {
			return err
		}
		return tx.Model(&imchat.SearchBlock{}).
			Where("conversation_id = ? AND block = ? AND covered_to < ?", b.ConversationID, b.Block, b.CoveredTo).
			Updates(map[string]any{"covered_to": b.CoveredTo, "first_at": b.FirstAt, "filter": b.Filter}).Error
	})
	if err != nil {
		return failed("save search block", err)
	}
	return nil
}

// EditedSeqs answers which entries of a range of seqs, both ends included, do not say what they said at first.
func (s *Store) EditedSeqs(ctx context.Context, conversationID string, from, to int64) ([]int64, error) {
	var seqs []int64
	err := s.db.WithContext(ctx).Model(&imchat.MessageEdit{}).Distinct().
		Where("conversation_id = ? AND seq BETWEEN ? AND ?", conversationID, from, to).Pluck("seq", &seqs).Error
	if err != nil {
		return nil, failed("read edited entries", err)
	}
	return seqs, nil
}

// CreatedAt answers when entries were made, unix milliseconds, in one round trip.
func (s *Store) CreatedAt(ctx context.Context, places []Place) (map[Place]int64, error) {
	found := make(map[Place]int64, len(places))
	for some := range slices.Chunk(places, atATime) {
		args := make([]any, 0, 2*len(some))
		for _, p := range some {
			args = append(args, p.ConversationID, p.Seq)
		}
		var rows []imchat.Message
		err := s.db.WithContext(ctx).Select("conversation_id, seq, created_at").
			Where("(conversation_id, seq) IN ("+values(s.db.SQLite)+tuples(len(some), 2)+")", args...).Find(&rows).Error
		if err != nil {
			return nil, failed("read times of entries", err)
		}
		for _, m := range rows {
			found[Place{m.ConversationID, m.Seq}] = m.CreatedAt
		}
	}
	return found, nil
}

// SpendQuota changes what a user has spent of one kind, in one transaction that nobody else interferes with. change may run
// again.
func (s *Store) SpendQuota(ctx context.Context, user model.UserID, kind string, change func(*quota.Spent)) error {
	err := s.db.Tx(ctx, func(tx *gorm.DB) error {
		row := imchat.UserQuota{UserID: int64(user), Kind: kind}
		if err := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
			return err
		}
		if err := s.db.ForUpdate(tx).Take(&row, "user_id = ? AND kind = ?", int64(user), kind).Error; err != nil {
			return err
		}
		spent := quota.Spent{
			Minute: quota.Window{At: row.MinuteAt, Count: row.MinuteCount}, Day: quota.Window{At: row.DayAt, Count: row.DayCount},
		}
		change(&spent)
		row.MinuteAt, row.MinuteCount = spent.Minute.At, spent.Minute.Count
		row.DayAt, row.DayCount = spent.Day.At, spent.Day.Count
		return tx.Select("*").Updates(&row).Error
	})
	if err != nil {
		return failed("spend quota", err)
	}
	return nil
}

// Span is a run of seqs, both ends included.
type Span struct{ From, To int64 }
