//go:build integration

package mysqltest

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

func create(t testing.TB, schema string) (dsn string, drop func(*dbx.DB)) {
	t.Helper()
	server := os.Getenv("IM_TEST_MYSQL")
	require.NotEmpty(t, server, "IM_TEST_MYSQL names the server: run make test-integration")
	name := "t_" + strings.ToLower(rand.Text()[:12])
	_, err := mysql.Migrate(t.Context(), server, schema, name)
	require.NoError(t, err)
	dsn, err = mysql.WithDatabase(server, name)
	require.NoError(t, err)
	return dsn, func(db *dbx.DB) {
		require.NoError(t, db.WithContext(context.Background()).Exec("DROP DATABASE "+name).Error)
	}
}
