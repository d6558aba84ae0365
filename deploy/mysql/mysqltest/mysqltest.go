// Package mysqltest opens a new database for a test: an embedded one without tables or, built with the tag integration, one of
// the server that IM_TEST_MYSQL names, made by the migrations.
package mysqltest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/utils/dbx"
)

// connections is how many a test has at the most: enough for transactions to meet.
const connections = 8

// Open answers a database of a schema, which ends with the test.
func Open(t testing.TB, schema string) *dbx.DB {
	t.Helper()
	dsn, drop := create(t, schema)
	db, err := dbx.Open(dbx.Config{DSN: dsn, MaxOpen: connections})
	require.NoError(t, err)
	t.Cleanup(func() {
		drop(db)
		require.NoError(t, db.Close())
	})
	return db
}
