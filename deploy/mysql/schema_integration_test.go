//go:build integration

package mysql_test

import (
	"context"
	"crypto/rand"
	"database/sql"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/model/imchat"
	"im-backend/common/model/imfriend"
	"im-backend/common/model/imgroup"
	"im-backend/common/model/imuser"
	"im-backend/common/utils/dbx"
	"im-backend/deploy/mysql"
)

// server is the data source name of a real server, without a database: IM_TEST_MYSQL.
func server(t *testing.T) string {
	t.Helper()
	dsn := os.Getenv("IM_TEST_MYSQL")
	require.NotEmpty(t, dsn, "IM_TEST_MYSQL names the server: run make test-integration")
	return dsn
}

// database makes up a name and drops the database of that name when the test ends.
func database(t *testing.T) string {
	t.Helper()
	name := "t_" + strings.ToLower(rand.Text()[:12])
	t.Cleanup(func() {
		db, err := sql.Open("mysql", server(t))
		require.NoError(t, err)
		_, err = db.ExecContext(context.Background(), "DROP DATABASE IF EXISTS "+name)
		require.NoError(t, err)
		require.NoError(t, db.Close())
	})
	return name
}

func TestMigrationsAndModelsDescribeTheSameTables(t *testing.T) {
	t.Parallel()
	models := map[string][]any{
		"im_user": imuser.Tables(), "im_friend": imfriend.Tables(), "im_group": imgroup.Tables(), "im_chat": imchat.Tables(),
	}
	require.Len(t, models, len(mysql.Schemas))
	for schema, tables := range models {
		t.Run(schema, func(t *testing.T) {
			t.Parallel()
			migrated, modelled := database(t), database(t)
			applied, err := mysql.Migrate(t.Context(), server(t), schema, migrated)
			require.NoError(t, err)
			require.Positive(t, applied)
			autoMigrate(t, modelled, tables)

			for what, query := range descriptions {
				require.Equal(t, describe(t, modelled, query), describe(t, migrated, query),
					"%s: the models (expected) and the migrations (actual) differ", what)
			}
		})
	}
}

// autoMigrate makes a database from models, with the same defaults as the migrations' one.
func autoMigrate(t *testing.T, name string, tables []any) {
	t.Helper()
	admin, err := sql.Open("mysql", server(t))
	require.NoError(t, err)
	defer func() { require.NoError(t, admin.Close()) }()
	_, err = admin.ExecContext(t.Context(), "CREATE DATABASE "+name+" CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
	require.NoError(t, err)

	dsn, err := mysql.WithDatabase(server(t), name)
	require.NoError(t, err)
	db, err := dbx.Open(dbx.Config{DSN: dsn, MaxOpen: 2})
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	require.NoError(t, db.WithContext(t.Context()).AutoMigrate(tables...))
}

// descriptions are what must be equal; the order of columns in a table is not.
var descriptions = map[string]string{
	"columns": `SELECT CONCAT_WS(' ', table_name, column_name, column_type, is_nullable, COALESCE(column_default, '-'),
		COALESCE(character_set_name, '-'), COALESCE(collation_name, '-'), extra)
		FROM information_schema.columns WHERE table_schema = ? AND table_name <> 'goose_db_version'
		ORDER BY table_name, column_name`,
	"keys": `SELECT CONCAT_WS(' ', table_name, index_name, seq_in_index, column_name, non_unique, COALESCE(sub_part, '-'),
		COALESCE(collation, '-'), index_type)
		FROM information_schema.statistics WHERE table_schema = ? AND table_name <> 'goose_db_version'
		ORDER BY table_name, index_name, seq_in_index`,
	"tables": `SELECT CONCAT_WS(' ', table_name, engine, table_collation)
		FROM information_schema.tables WHERE table_schema = ? AND table_name <> 'goose_db_version' ORDER BY table_name`,
}

func describe(t *testing.T, name, query string) []string {
	t.Helper()
	db, err := sql.Open("mysql", server(t))
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	rows, err := db.QueryContext(t.Context(), query, name)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	var lines []string
	for rows.Next() {
		var line string
		require.NoError(t, rows.Scan(&line))
		lines = append(lines, line)
	}
	require.NoError(t, rows.Err())
	require.NotEmpty(t, lines)
	return lines
}

func TestMigrateTwiceAndAtOnceAppliesEachMigrationOnce(t *testing.T) {
	t.Parallel()
	name := database(t)
	var mu sync.Mutex
	var wg sync.WaitGroup
	var total int
	var errs []error
	for range 4 {
		wg.Go(func() {
			applied, err := mysql.Migrate(t.Context(), server(t), "im_user", name)
			mu.Lock()
			defer mu.Unlock()
			total += applied
			errs = append(errs, err)
		})
	}
	wg.Wait()
	for _, err := range errs {
		require.NoError(t, err)
	}
	again, err := mysql.Migrate(t.Context(), server(t), "im_user", name)
	require.NoError(t, err)
	require.Zero(t, again)
	dsn, err := mysql.WithDatabase(server(t), name)
	require.NoError(t, err)
	db, err := sql.Open("mysql", dsn)
	require.NoError(t, err)
	defer func() { require.NoError(t, db.Close()) }()
	var versions int
	require.NoError(t, db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM goose_db_version WHERE version_id > 0").Scan(&versions))
	require.Equal(t, versions, total)
}
