package store

import (
	"context"
	"fmt"

	"gorm.io/gorm/clause"

	"im-backend/common/model"
	"im-backend/common/model/imfriend"
	"im-backend/common/utils/dbx"
)

// Block is one user whom another blocks; CreatedAt is unix milliseconds.
type Block struct {
	User      model.UserID
	CreatedAt int64
}

// Blocks lists whom a user blocks, the newest first, from the one after a given block on (zero: from the newest).
func (s *Store) Blocks(ctx context.Context, user model.UserID, after Block, limit int) ([]Block, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	query := s.db.WithContext(ctx).Where("user_id = ?", user).Order("created_at DESC, blocked_id DESC").Limit(limit)
	if after.User > 0 {
		query = query.Where("(created_at < ? OR (created_at = ? AND blocked_id < ?))", after.CreatedAt, after.CreatedAt, after.User)
	}
	var rows []imfriend.Block
	if err := query.Find(&rows).Error; err != nil {
		return nil, dbx.Typed(fmt.Errorf("list blocks: %w", err))
	}
	blocks := make([]Block, 0, len(rows))
	for _, row := range rows {
		blocks = append(blocks, Block{User: model.UserID(row.BlockedID), CreatedAt: row.CreatedAt})
	}
	return blocks, nil
}

// Blockers answers who of some users blocks a user.
func (s *Store) Blockers(ctx context.Context, user model.UserID, by []int64) ([]int64, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var blockers []int64
	err := s.db.WithContext(ctx).Model(&imfriend.Block{}).Where("user_id IN ? AND blocked_id = ?", by, user).
		Order("user_id").Pluck("user_id", &blockers).Error
	if err != nil {
		return nil, dbx.Typed(fmt.Errorf("list blockers: %w", err))
	}
	return blockers, nil
}

// CountBlocks counts whom one of the two blocks. Lock the user's lists first.
func (p *Pair) CountBlocks(user model.UserID) (int64, error) {
	var n int64
	if err := p.tx.Model(&imfriend.Block{}).Where("user_id = ?", user).Count(&n).Error; err != nil {
		return 0, fmt.Errorf("count blocks: %w", err)
	}
	return n, nil
}

// Block makes user block the other.
func (p *Pair) Block(user model.UserID) error {
	p.setBlocked(user, true)
	if _, err := p.moveList(user, 0, 1); err != nil {
		return err
	}
	row := imfriend.Block{UserID: int64(user), BlockedID: int64(p.Peer(user)), CreatedAt: p.At.UnixMilli()}
	if err := p.tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
		return fmt.Errorf("add block: %w", err)
	}
	return nil
}

// Unblock takes user's block of the other back.
func (p *Pair) Unblock(user model.UserID) error {
	p.setBlocked(user, false)
	if _, err := p.moveList(user, 0, 1); err != nil {
		return err
	}
	err := p.tx.Where("user_id = ? AND blocked_id = ?", user, p.Peer(user)).Delete(&imfriend.Block{}).Error
	if err != nil {
		return fmt.Errorf("remove block: %w", err)
	}
	return nil
}

func (p *Pair) setBlocked(user model.UserID, blocked bool) {
	if user == p.Low {
		p.relation.BlockedByLow = blocked
	} else {
		p.relation.BlockedByHigh = blocked
	}
}
