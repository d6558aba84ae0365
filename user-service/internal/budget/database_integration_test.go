//go:build integration

package budget_test

import (
	"context"
	"crypto/rand"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/utils/dbx"
	"im-backend/deploy/mysql"
)

// connect opens a new database of the server that IM_TEST_MYSQL names, made by the migrations.
func connect(t *testing.T) *dbx.DB {
	t.Helper()
	server := os.Getenv("IM_TEST_MYSQL")
	require.NotEmpty(t, server, "IM_TEST_MYSQL names the server: run make test-integration")
	name := "t_" + strings.ToLower(rand.Text()[:12])
	_, err := mysql.Migrate(t.Context(), server, "im_user", name)
	require.NoError(t, err)
	dsn, err := mysql.WithDatabase(server, name)
	require.NoError(t, err)
	db, err := dbx.Open(dbx.Config{DSN: dsn, MaxOpen: 8})
	require.NoError(t, err)
	t.Cleanup(func() {
		require.NoError(t, db.WithContext(context.Background()).Exec("DROP DATABASE "+name).Error)
		require.NoError(t, db.Close())
	})
	return db
}
