package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	_ "github.com/go-sql-driver/mysql" // the driver of database/sql
	"github.com/redis/go-redis/v9"
)

const countTimeout = 5 * time.Second // for one look at a store's counters

// counters are what the stores have counted themselves; those of a store that was not named are zero.
type counters struct {
	statements int64
	commands   int64
}

// count asks the stores.
func (o options) count(ctx context.Context) (c counters, err error) {
	ctx, cancel := context.WithTimeout(ctx, countTimeout)
	defer cancel()
	if o.mysql != "" {
		if c.statements, err = countStatements(ctx, o.mysql); err != nil {
			return c, err
		}
	}
	if o.redis != "" {
		c.commands, err = countCommands(ctx, o.redis)
	}
	return c, err
}

func countStatements(ctx context.Context, dsn string) (n int64, err error) {
	db, err := sql.Open("mysql", dsn)
	if err != nil {
		return 0, fmt.Errorf("count statements: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	var name string
	if err := db.QueryRowContext(ctx, "SHOW GLOBAL STATUS LIKE 'Questions'").Scan(&name, &n); err != nil {
		return 0, fmt.Errorf("count statements: %w", err)
	}
	return n, nil
}

func countCommands(ctx context.Context, addr string) (n int64, err error) {
	rdb := redis.NewClient(&redis.Options{Addr: addr})
	defer func() { err = errors.Join(err, rdb.Close()) }()
	info, err := rdb.Info(ctx, "stats").Result()
	if err != nil {
		return 0, fmt.Errorf("count commands: %w", err)
	}
	_, rest, _ := strings.Cut(info, "total_commands_processed:")
	text, _, _ := strings.Cut(rest, "\r\n")
	if n, err = strconv.ParseInt(text, 10, 64); err != nil {
		return 0, fmt.Errorf("count commands: %w", err)
	}
	return n, nil
}
