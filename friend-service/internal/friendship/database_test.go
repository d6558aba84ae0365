//go:build !integration

package friendship_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/utils/dbx"
)

// connect opens an empty embedded database.
func connect(t *testing.T) *dbx.DB {
	t.Helper()
	db, err := dbx.Open(dbx.Config{DSN: "sqlite:" + t.TempDir() + "/x.db", MaxOpen: 8})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}
