// Package store is the only place of chat-service with SQL. The transactions of the committer are written as whole
// statements over many rows; everything else goes through GORM.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"gorm.io/gorm"

	"im-backend/common/utils/dbx"
)

// Store is database im_chat.
type Store struct {
	db     *dbx.DB
	counts counts
	due    chan struct{} // holds a value when messages have got the time of their recall
}

// counts is how many statements the committer's transactions have run.
type counts struct{ reads, writes atomic.Int64 }

// Statements answers how many statements the transactions of Commit and CommitUnread have run since the store was made, those
// of transactions that failed included: what a send costs.
func (s *Store) Statements() (reads, writes int64) {
	return s.counts.reads.Load(), s.counts.writes.Load()
}

// New makes a store on an open database.
func New(db *dbx.DB) *Store { return &Store{db: db, due: make(chan struct{}, 1)} }

// ErrDuplicate is returned by an insert that met an existing row: another transaction was faster.
var ErrDuplicate = errors.New("row exists")

// ErrMoved is returned by a commit that did not read first: a head is not the one it knew, or there was something to read.
var ErrMoved = errors.New("head moved")

// failed names the operation that an error ended; a database that is away answers UNAVAILABLE.
func failed(operation string, err error) error {
	return dbx.Typed(fmt.Errorf("%s: %w", operation, err))
}

// Tx is a transaction of the committer. What it reads of a conversation is exact while it holds its lock. What it writes may
// be run only when it is committed.
type Tx struct {
	conn   conn
	sqlite bool
	unread bool // it has to do without reading
	due    bool // messages got the time of their recall
	counts *counts
}

// conn is how a transaction reaches the database: MySQL takes what is written in one piece, SQLite statement by statement.
type conn interface {
	Exec(what, query string, args []any) error
	Query(query string, args []any) (*sql.Rows, error)
}

// Commit runs fn in one transaction. fn may run again after a lock conflict, so it must have no effect but on the Tx and on
// values that it sets anew. Errors: ErrDuplicate when an insert met an existing row.
func (s *Store) Commit(ctx context.Context, fn func(tx *Tx) error) error {
	return s.commit(ctx, false, fn)
}

// CommitUnread is Commit for an fn that reads nothing because it knows the heads: what it writes is one round trip. Errors:
// those of Commit; ErrMoved when a head has moved or fn reads; then nothing is stored and Commit is the way.
func (s *Store) CommitUnread(ctx context.Context, fn func(tx *Tx) error) error {
	return s.commit(ctx, true, fn)
}

func (s *Store) commit(ctx context.Context, unread bool, fn func(tx *Tx) error) (err error) {
	var tx *Tx
	if s.db.SQLite {
		err = s.db.Tx(ctx, func(g *gorm.DB) error {
			tx = &Tx{conn: stepwise{g.Statement.ConnPool, ctx}, sqlite: true, unread: unread, counts: &s.counts}
			return fn(tx)
		})
	} else {
		err = s.db.Batch(ctx, func(b *dbx.Batch) error {
			tx = &Tx{conn: b, unread: unread, counts: &s.counts}
			return fn(tx)
		})
	}
	switch {
	case err == nil && tx.due:
		s.noteDue()
	case dbx.IsDuplicate(err):
		return fmt.Errorf("commit: %w: %w", ErrDuplicate, err)
	case dbx.IsNull(err):
		return fmt.Errorf("commit: %w: %w", ErrMoved, err)
	}
	return err
}

// stepwise runs each statement when it is given.
type stepwise struct {
	pool gorm.ConnPool
	ctx  context.Context //nolint:containedctx // that of Commit
}

// Exec implements conn.
func (s stepwise) Exec(what, query string, args []any) error {
	if _, err := s.pool.ExecContext(s.ctx, query, args...); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// Query implements conn.
func (s stepwise) Query(query string, args []any) (*sql.Rows, error) {
	return s.pool.QueryContext(s.ctx, query, args...) //nolint:wrapcheck // the Tx says what could not be done
}

func (t *Tx) exec(what, query string, args []any) error {
	t.counts.writes.Add(1)
	return t.conn.Exec(what, query, args)
}

func (t *Tx) query(what, query string, args []any, scan func(*sql.Rows) error) error {
	if t.unread {
		return fmt.Errorf("%s: %w", what, ErrMoved)
	}
	t.counts.reads.Add(1)
	rows, err := t.conn.Query(query, args)
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return fmt.Errorf("%s: %w", what, err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// insert runs a multi-row INSERT: head, a tuple of width marks for each row, tail. SQLite's driver binds in time quadratic in
// the number of marks, so it gets short statements; in its process they cost no round trip.
func (t *Tx) insert(what, head string, width int, tail string, args []any) error {
	rows := 500
	if t.sqlite {
		rows = 16
	}
	for len(args) > 0 {
		n := min(rows*width, len(args))
		if err := t.exec(what, head+" VALUES "+tuples(n/width, width)+tail, args[:n]); err != nil {
			return err
		}
		args = args[n:]
	}
	return nil
}

// tuples writes n times "(?,?,…)" with width marks each, joined by commas.
func tuples(n, width int) string {
	one := "(" + strings.TrimSuffix(strings.Repeat("?,", width), ",") + ")"
	return strings.TrimSuffix(strings.Repeat(one+",", n), ",")
}

// onConflict begins the part of an INSERT that updates an existing row; greatest takes the larger of the old and new value
// and excluded the new one.
func (t *Tx) onConflict(key string) string {
	if t.sqlite {
		return " ON CONFLICT(" + key + ") DO UPDATE SET "
	}
	return " ON DUPLICATE KEY UPDATE "
}

func (t *Tx) excluded(column string) string {
	if t.sqlite {
		return "excluded." + column
	}
	return "VALUES(" + column + ")"
}

// setExcluded sets columns to their new values.
func (t *Tx) setExcluded(columns ...string) string {
	set := make([]string, len(columns))
	for i, column := range columns {
		set[i] = column + "=" + t.excluded(column)
	}
	return strings.Join(set, ",")
}

func (t *Tx) greatest(column string) string {
	if t.sqlite {
		return "MAX(" + column + ", excluded." + column + ")"
	}
	return "GREATEST(" + column + ", VALUES(" + column + "))"
}
