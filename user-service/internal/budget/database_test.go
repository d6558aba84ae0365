//go:build !integration

package budget_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/utils/dbx"
)

// connect opens a new embedded database.
func connect(t *testing.T) *dbx.DB {
	t.Helper()
	db, err := dbx.Open(dbx.Config{DSN: "sqlite:" + t.TempDir() + "/im_user.db", MaxOpen: 8})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}
