// Package mysql holds the versioned migrations of the four databases and applies them. They are the truth for MySQL; the
// rows in common/model describe the same tables for SQLite, and a test compares the two.
package mysql

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"time"

	driver "github.com/go-sql-driver/mysql"
	"github.com/pressly/goose/v3"
)

//go:embed */*.sql
var files embed.FS

// Schemas names the databases: one directory of migrations each.
var Schemas = []string{"im_user", "im_friend", "im_group", "im_chat"}

var plainName = regexp.MustCompile(`^[A-Za-z0-9_]{1,50}$`)

// WithDatabase answers a data source name with another database in it. The one given may have none: user:pass@tcp(host)/.
func WithDatabase(dsn, database string) (string, error) {
	config, err := driver.ParseDSN(dsn)
	if err != nil {
		return "", fmt.Errorf("parse dsn: %w", err)
	}
	config.DBName = database
	return config.FormatDSN(), nil
}

// Migrate makes a database where it is missing and applies the migrations of a schema that it has not had. Several may call
// it at once: one works, the others wait. It answers how many migrations it applied.
func Migrate(ctx context.Context, dsn, schema, database string) (int, error) {
	if err := create(ctx, dsn, database); err != nil {
		return 0, err
	}
	in, err := WithDatabase(dsn, database)
	if err != nil {
		return 0, err
	}
	db, err := sql.Open("mysql", in)
	if err != nil {
		return 0, fmt.Errorf("open %s: %w", database, err)
	}
	defer func() { _ = db.Close() }()
	dir, err := fs.Sub(files, schema)
	if err != nil {
		return 0, fmt.Errorf("migrations of %s: %w", schema, err)
	}
	provider, err := goose.NewProvider(goose.DialectMySQL, db, dir)
	if err != nil {
		return 0, fmt.Errorf("migrations of %s: %w", schema, err)
	}
	unlock, err := lock(ctx, db, "migrate "+database)
	if err != nil {
		return 0, err
	}
	applied, err := provider.Up(ctx)
	if err = errors.Join(err, unlock()); err != nil {
		return len(applied), fmt.Errorf("migrate %s: %w", database, err)
	}
	return len(applied), nil
}

func create(ctx context.Context, dsn, database string) error {
	if !plainName.MatchString(database) {
		return fmt.Errorf("database name %q: %w", database, fs.ErrInvalid)
	}
	in, err := WithDatabase(dsn, "")
	if err != nil {
		return err
	}
	db, err := sql.Open("mysql", in)
	if err != nil {
		return fmt.Errorf("open server: %w", err)
	}
	defer func() { _ = db.Close() }()
	_, err = db.ExecContext(ctx, "CREATE DATABASE IF NOT EXISTS `"+database+"` CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci")
	if err != nil {
		return fmt.Errorf("create database %s: %w", database, err)
	}
	return nil
}

// lockWait bounds how long one migration waits for another's.
const lockWait = time.Minute

// lock waits for one of the server's named locks, which end with their connection. goose's own session lock leaves out its look
// at what is pending, which fails while another one makes the table of versions.
func lock(ctx context.Context, db *sql.DB, name string) (unlock func() error, err error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, fmt.Errorf("lock for migrations: %w", err)
	}
	var got sql.NullInt64
	err = conn.QueryRowContext(ctx, "SELECT GET_LOCK(?, ?)", name, int(lockWait.Seconds())).Scan(&got)
	if err == nil && got.Int64 != 1 {
		err = fmt.Errorf("another migration runs: %w", context.DeadlineExceeded)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("lock for migrations: %w", err), conn.Close())
	}
	return func() error {
		_, err := conn.ExecContext(context.WithoutCancel(ctx), "SELECT RELEASE_LOCK(?)", name)
		return errors.Join(err, conn.Close())
	}, nil
}
