// Package dbx opens a service's database, MySQL or SQLite, and runs its transactions. It is the only place that knows which
// of the two it is, except for the few statements in stores that the dialects write differently.
package dbx

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"
	"github.com/prometheus/client_golang/prometheus"
	gormmysql "gorm.io/driver/mysql"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"

	"im-backend/common/utils/secret"
)

// Config says where the database is.
type Config struct {
	// DSN is "sqlite:PATH" or a go-sql-driver DSN without parameters: user:password@tcp(host:port)/database.
	DSN     string
	MaxOpen int `json:",default=32"` // connections at the most
}

// Secrets is the password in the DSN, for a configuration that has the database under a key; a file has none.
func (c Config) Secrets(key string) []secret.Secret {
	if strings.HasPrefix(c.DSN, sqlitePrefix) {
		return nil
	}
	s := secret.Secret{Key: key + ".DSN"}
	if parsed, err := mysql.ParseDSN(c.DSN); err == nil { // Open reports one that is none
		s.Value, s.At = parsed.Passwd, parsed.Addr
	}
	return []secret.Secret{s}
}

// batchShare is which part of the connections is for Batch.
const batchShare = 4

// connLifetime is below the server's idle timeout.
const connLifetime = 3 * time.Minute

const sqlitePrefix = "sqlite:"

// DB is a database of one service. The gorm handle inside is for reads; writes go through Tx.
type DB struct {
	*gorm.DB
	SQLite  bool
	batches *sql.DB       // MySQL's connections for Batch: the only ones that take several statements at once
	writer  chan struct{} // SQLite has one writer a file: waiting here is fair, its own busy loop is not
	name    string        // of the database, for the metrics
	seconds prometheus.Observer
}

// Open connects. It returns an error when the database does not answer; the caller decides whether to try again.
func Open(c Config) (*DB, error) {
	d := &DB{SQLite: strings.HasPrefix(c.DSN, sqlitePrefix)}
	dialector, err := d.dialector(c.DSN)
	if err != nil {
		return nil, err
	}
	gdb, err := gorm.Open(dialector, &gorm.Config{
		SkipDefaultTransaction: true, // transactions are ours, explicit
		TranslateError:         true,
		Logger:                 logger.Discard, // it would write statements with user data
		NowFunc:                func() time.Time { return time.Now().UTC() },
	})
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	pool, err := gdb.DB()
	if err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	pool.SetMaxOpenConns(c.MaxOpen)
	pool.SetMaxIdleConns(c.MaxOpen)
	if !d.SQLite {
		pool.SetConnMaxLifetime(connLifetime)
		batches := max(1, c.MaxOpen/batchShare)
		pool.SetMaxOpenConns(max(1, c.MaxOpen-batches))
		d.batches.SetMaxOpenConns(batches)
		d.batches.SetMaxIdleConns(batches)
		d.batches.SetConnMaxLifetime(connLifetime)
		openPools.add(d.name, d.batches)
	}
	openPools.add(d.name, pool)
	d.seconds = txSeconds.WithLabelValues(d.name)
	d.DB = gdb
	return d, nil
}

func (d *DB) dialector(dsn string) (gorm.Dialector, error) {
	if d.SQLite {
		path := strings.TrimPrefix(dsn, sqlitePrefix)
		d.name = strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))
		d.writer = writerOf(path)
		return openSQLite(path), nil
	}
	cfg, err := mysql.ParseDSN(dsn)
	if err != nil {
		return nil, fmt.Errorf("parse dsn: %w", err)
	}
	d.name = cfg.DBName
	cfg.Timeout, cfg.ReadTimeout, cfg.WriteTimeout = 2*time.Second, 3*time.Second, 3*time.Second
	cfg.InterpolateParams = true // one round trip a statement
	cfg.Collation = "utf8mb4_unicode_ci"
	cfg.ClientFoundRows = true // RowsAffected counts matched rows, as in SQLite
	// The server does not notice that a client gave up while it waits for a lock: it would hold those it has for 50 seconds.
	// A value that does not fit, NULL included, is an error whatever the server's own mode is.
	cfg.Params = map[string]string{"innodb_lock_wait_timeout": "1", "sql_mode": "'STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION'"}
	pool, err := openMySQL(cfg)
	if err != nil {
		return nil, err
	}
	joined := cfg.Clone()
	joined.MultiStatements = true
	if d.batches, err = openMySQL(joined); err != nil {
		return nil, err
	}
	return gormmysql.New(gormmysql.Config{Conn: pool}), nil
}

// openMySQL makes a pool, which connects when it is used.
func openMySQL(cfg *mysql.Config) (*sql.DB, error) {
	connector, err := mysql.NewConnector(cfg)
	if err != nil {
		return nil, fmt.Errorf("connect: %w", err)
	}
	return sql.OpenDB(readCommitted{connector}), nil
}

// ForUpdate locks the rows that a query reads until the transaction ends. In SQLite the transaction holds the only write
// lock from its start.
func (d *DB) ForUpdate(tx *gorm.DB) *gorm.DB {
	if d.SQLite {
		return tx
	}
	return tx.Clauses(clause.Locking{Strength: clause.LockingStrengthUpdate})
}

// maxTries bounds how often a transaction runs when the server ends it in favour of another.
const maxTries = 4

// Tx runs fn in one transaction and commits it when fn returns nil. It runs fn again after a deadlock or a lock wait timeout,
// so fn must have no effect outside the transaction.
func (d *DB) Tx(ctx context.Context, fn func(tx *gorm.DB) error) error {
	if d.SQLite {
		select {
		case d.writer <- struct{}{}:
			defer func() { <-d.writer }()
		case <-ctx.Done():
			return fmt.Errorf("wait to write: %w", ctx.Err())
		}
	}
	return d.timed(ctx, func() error {
		return retry(ctx, func() error { return d.WithContext(ctx).Transaction(fn) })
	})
}

// retry runs a transaction until the server does not end it in favour of another.
func retry(ctx context.Context, run func() error) (err error) {
	for try := range maxTries {
		if err = run(); !isLockConflict(err) {
			return err
		}
		txRetries.Inc()
		select {
		case <-ctx.Done():
			return errors.Join(ctx.Err(), err)
		case <-time.After(time.Duration(try+1) * 5 * time.Millisecond):
		}
	}
	return err
}

// isLockConflict reports whether MySQL ended a transaction because of another one.
func isLockConflict(err error) bool {
	var my *mysql.MySQLError
	return errors.As(err, &my) && (my.Number == 1213 || my.Number == 1205)
}

// IsDuplicate reports whether a unique key refused a row.
func IsDuplicate(err error) bool {
	var my *mysql.MySQLError
	if errors.As(err, &my) {
		return my.Number == 1062
	}
	return errors.Is(err, gorm.ErrDuplicatedKey) || (err != nil && strings.Contains(err.Error(), "UNIQUE constraint failed"))
}

// IsNull reports whether a column that has to have a value refused to have none.
func IsNull(err error) bool {
	var my *mysql.MySQLError
	if errors.As(err, &my) {
		return my.Number == 1048
	}
	return err != nil && strings.Contains(err.Error(), "NOT NULL constraint failed")
}

// Ping reports whether the database answers, for readiness.
func (d *DB) Ping(ctx context.Context) error {
	pool, err := d.DB.DB()
	if err == nil {
		err = pool.PingContext(ctx)
	}
	if err != nil {
		return fmt.Errorf("ping database: %w", err)
	}
	return nil
}

// Close ends the connections.
func (d *DB) Close() error {
	pool, err := d.DB.DB()
	if err == nil {
		openPools.remove(pool)
		err = pool.Close()
	}
	if d.batches != nil {
		openPools.remove(d.batches)
		err = errors.Join(err, d.batches.Close())
	}
	if err != nil {
		return fmt.Errorf("close database: %w", err)
	}
	return nil
}
