package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"im-backend/common/model/imfriend"
	"im-backend/common/utils/dbx"
)

// Prepare makes the tables of a SQLite database. MySQL's come from the migrations, without which this is an error.
func Prepare(ctx context.Context, db *dbx.DB) error {
	for _, table := range imfriend.Tables() {
		if db.SQLite {
			if err := db.WithContext(ctx).AutoMigrate(table); err != nil {
				return fmt.Errorf("make tables: %w", err)
			}
		}
		if _, requests := table.(*imfriend.FriendRequest); requests && db.SQLite {
			if err := fillExpiry(ctx, db); err != nil {
				return err
			}
		}
		var rows int64
		if err := db.WithContext(ctx).Model(table).Where("1 = 0").Count(&rows).Error; err != nil {
			return fmt.Errorf("look for tables: %w", err)
		}
	}
	return nil
}

// fillExpiry gives what was asked before requests expired the default lifetime, 30 days, as the migrations do.
func fillExpiry(ctx context.Context, db *dbx.DB) error {
	const lifetime = 30 * 24 * 60 * 60 * 1000
	err := db.Tx(ctx, func(tx *gorm.DB) error {
		return tx.Model(&imfriend.FriendRequest{}).Where("expires_at = 0").Update("expires_at", gorm.Expr("created_at + ?", lifetime)).Error
	})
	if err != nil {
		return fmt.Errorf("fill expiry of requests: %w", err)
	}
	return nil
}
