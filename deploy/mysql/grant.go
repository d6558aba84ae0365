package mysql

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	driver "github.com/go-sql-driver/mysql"
)

// rights are what a service may do with its own database: read and write rows, and nothing to the tables themselves.
const rights = "SELECT, INSERT, UPDATE, DELETE"

// Grant gives a user, who is made where there is none, a password and the rights of a service in one database, and none elsewhere.
// The user may come from any host: where databases are reached from is up to the network.
func Grant(ctx context.Context, dsn, database, user, password string) (err error) {
	if !plainName.MatchString(database) {
		return fmt.Errorf("database name %q: %w", database, fs.ErrInvalid)
	}
	config, err := driver.ParseDSN(dsn)
	if err != nil {
		return fmt.Errorf("parse dsn: %w", err)
	}
	config.InterpolateParams = true // the server takes no parameters in these statements
	connector, err := driver.NewConnector(config)
	if err != nil {
		return fmt.Errorf("open server: %w", err)
	}
	db := sql.OpenDB(connector)
	defer func() { err = errors.Join(err, db.Close()) }()
	for _, statement := range []struct {
		text string
		args []any
	}{
		{"CREATE USER IF NOT EXISTS ?@'%' IDENTIFIED BY ?", []any{user, password}},
		{"ALTER USER ?@'%' IDENTIFIED BY ?", []any{user, password}}, // of a user who was there
		{"GRANT " + rights + " ON `" + likeItself(database) + "`.* TO ?@'%'", []any{user}},
	} {
		if _, err := db.ExecContext(ctx, statement.text, statement.args...); err != nil {
			return fmt.Errorf("grant %s to %s: %w", database, user, err)
		}
	}
	return nil
}

// likeItself writes a name so that a grant, which takes a pattern, means no other database.
func likeItself(database string) string { return strings.ReplaceAll(database, "_", `\_`) }
