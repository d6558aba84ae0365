package store

import (
	"context"
	"fmt"

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
		var rows int64
		if err := db.WithContext(ctx).Model(table).Where("1 = 0").Count(&rows).Error; err != nil {
			return fmt.Errorf("look for tables: %w", err)
		}
	}
	return nil
}
