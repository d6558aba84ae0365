package dbx_test

import (
	"context"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"gorm.io/gorm"

	"im-backend/common/utils/dbx"
)

type counter struct{ ID, N int64 }

// TestHandlesOnOneFileTakeTurns: SQLite by itself answers "database is locked" to whoever waits too long.
func TestHandlesOnOneFileTakeTurns(t *testing.T) {
	t.Parallel()
	config := dbx.Config{DSN: "sqlite:" + filepath.Join(t.TempDir(), "x.db"), MaxOpen: 4}
	var handles []*dbx.DB
	for range 3 {
		db, err := dbx.Open(config)
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, db.Close()) })
		handles = append(handles, db)
	}
	require.NoError(t, handles[0].AutoMigrate(&counter{}))
	require.NoError(t, handles[0].Create(&counter{ID: 1}).Error)
	var wg sync.WaitGroup
	for _, db := range handles {
		for range 20 {
			wg.Go(func() {
				require.NoError(t, db.Tx(context.Background(), func(tx *gorm.DB) error {
					return tx.Model(&counter{ID: 1}).Update("n", gorm.Expr("n + 1")).Error
				}))
			})
		}
	}
	wg.Wait()
	var c counter
	require.NoError(t, handles[1].Take(&c, 1).Error)
	require.EqualValues(t, 60, c.N)
}

func TestWaitingToWriteEndsWithItsContext(t *testing.T) {
	t.Parallel()
	db, err := dbx.Open(dbx.Config{DSN: "sqlite:" + filepath.Join(t.TempDir(), "x.db"), MaxOpen: 4})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	require.NoError(t, db.Tx(context.Background(), func(*gorm.DB) error {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		defer cancel()
		require.ErrorIs(t, db.Tx(ctx, func(*gorm.DB) error { return nil }), context.DeadlineExceeded)
		return nil
	}))
}
