package dbx

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"
)

// maxWaiting is about how many bytes of statements wait for the commit; more go ahead of it. A server takes at least four times
// as much in one piece.
const maxWaiting = 4 << 20

// rollbackTimeout bounds the end of a transaction that failed; one that does not end in time ends with its connection.
const rollbackTimeout = time.Second

// Batch is a transaction on MySQL whose statements travel together: the first query carries the beginning, and what is written
// goes out with the commit. So it costs one round trip for what it reads and one for what it writes, however many statements
// that takes. It is not safe for concurrent use.
type Batch struct {
	ctx   context.Context //nolint:containedctx // a Batch lives only inside DB.Batch
	conn  *sql.Conn
	begun bool

	// What waits.
	names []string // of the statements, for errors
	text  strings.Builder
	args  []any
	size  int // bytes of text and args, about
}

// Batch runs fn in one transaction on MySQL and commits it when fn returns nil. It runs fn again after a deadlock or a lock wait
// timeout, so fn must have no effect outside the transaction. An error of a statement that Exec has collected comes from here.
func (d *DB) Batch(ctx context.Context, fn func(b *Batch) error) error {
	return d.timed(ctx, func() error {
		return retry(ctx, func() error { return d.batch(ctx, fn) })
	})
}

func (d *DB) batch(ctx context.Context, fn func(b *Batch) error) (err error) {
	conn, err := d.batches.Conn(ctx)
	if err != nil {
		return fmt.Errorf("get connection: %w", err)
	}
	b := &Batch{ctx: ctx, conn: conn}
	defer func() {
		if p := recover(); p != nil {
			b.end(errors.New("panic"))
			panic(p)
		}
		b.end(err)
	}()
	if err = fn(b); err != nil {
		return err
	}
	return b.flush("COMMIT")
}

// Exec collects a statement, under a name for errors; it runs, in its turn, before the next query or with the commit. An error
// is that of an earlier statement.
func (b *Batch) Exec(name, query string, args []any) error {
	if b.text.Len() > 0 {
		b.text.WriteByte(';')
	}
	b.text.WriteString(query)
	b.names = append(b.names, name)
	b.args = append(b.args, args...)
	b.size += len(query) + sizeOf(args)
	if b.size < maxWaiting {
		return nil
	}
	return b.flush("")
}

// sizeOf is about how many bytes arguments take in a statement.
func sizeOf(args []any) int {
	const number = 20
	size := 0
	for _, arg := range args {
		switch v := arg.(type) {
		case string:
			size += len(v)
		case []byte:
			size += len(v)
		default:
			size += number
		}
	}
	return size
}

// Query runs what was collected and then a query.
func (b *Batch) Query(query string, args []any) (*sql.Rows, error) {
	if b.text.Len() > 0 {
		if err := b.flush(""); err != nil {
			return nil, err
		}
	}
	rows, err := b.conn.QueryContext(b.ctx, b.opening()+query, args...)
	if err != nil {
		return nil, fmt.Errorf("query: %w", err)
	}
	return rows, nil
}

// opening is what has to stand before the first statement.
func (b *Batch) opening() string {
	if b.begun {
		return ""
	}
	b.begun = true
	return "START TRANSACTION;"
}

// flush runs what was collected, and last after it.
func (b *Batch) flush(last string) error {
	text := b.opening() + b.text.String()
	if b.text.Len() > 0 && last != "" {
		text += ";"
	}
	args, names := b.args, b.names
	b.text.Reset()
	b.args, b.names, b.size = nil, nil, 0
	if _, err := b.conn.ExecContext(b.ctx, text+last, args...); err != nil {
		return fmt.Errorf("one of [%s]: %w", strings.Join(append(names, last), ", "), err)
	}
	return nil
}

// end gives the connection back, with no transaction open.
func (b *Batch) end(err error) {
	if err != nil && b.begun {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(b.ctx), rollbackTimeout)
		defer cancel()
		if _, failed := b.conn.ExecContext(ctx, "ROLLBACK"); failed != nil {
			_ = b.conn.Raw(func(any) error { return driver.ErrBadConn }) // the server ends the transaction with it
		}
	}
	_ = b.conn.Close()
}
