package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"im-backend/common/model/imgroup"
	"im-backend/common/utils/dbx"
)

// quotaLife is after how long nothing of what a user has spent counts any more.
const quotaLife = 24 * time.Hour

// PurgeRequests forgets at most limit requests to join that were answered or lapsed before a time, and answers how many.
func (s *Store) PurgeRequests(ctx context.Context, before time.Time, limit int) (int, error) {
	return s.purge(ctx, &imgroup.JoinRequest{}, "handled_at > 0 AND handled_at < ?", before, limit)
}

// PurgeInvites forgets at most limit invites that ended by their age before a time, used or not, and answers how many.
func (s *Store) PurgeInvites(ctx context.Context, before time.Time, limit int) (int, error) {
	return s.purge(ctx, &imgroup.Invite{}, "expires_at < ?", before, limit)
}

// purge reads the ids first: a deletion by a range would lock what commands are about to write.
func (s *Store) purge(ctx context.Context, table any, old string, before time.Time, limit int) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	var ids []int64
	err := s.db.WithContext(ctx).Model(table).Where(old, before.UnixMilli()).Limit(limit).Pluck("id", &ids).Error
	if err == nil && len(ids) > 0 {
		err = s.db.Tx(ctx, func(tx *gorm.DB) error { return tx.Delete(table, ids).Error })
	}
	if err != nil {
		return 0, dbx.Typed(fmt.Errorf("purge: %w", err))
	}
	return len(ids), nil
}

// PurgeQuotas forgets what at most limit users had spent so long before a time that it does not count any more, and answers how
// many. Who spends something meanwhile has nothing forgotten.
func (s *Store) PurgeQuotas(ctx context.Context, now time.Time, limit int) (int, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	before := now.Add(-quotaLife).UnixMilli()
	var rows []imgroup.Quota
	err := s.db.WithContext(ctx).Select("user_id", "kind").Where("day_at < ?", before).Order("day_at").Limit(limit).Find(&rows).Error
	if err != nil || len(rows) == 0 {
		return 0, dbx.Typed(err)
	}
	err = s.db.Tx(ctx, func(tx *gorm.DB) error {
		for _, row := range rows {
			if err := tx.Where("day_at < ?", before).Delete(&row).Error; err != nil {
				return fmt.Errorf("purge quotas: %w", err)
			}
		}
		return nil
	})
	return len(rows), dbx.Typed(err)
}
