package dbx

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
)

// readCommitted opens connections whose transactions are READ COMMITTED. What must not change under a transaction it locks;
// the server's default, REPEATABLE READ, locks the gaps between rows too, so that two inserts of new keys end each other as
// a deadlock.
type readCommitted struct{ driver.Connector }

// Connect implements driver.Connector.
func (c readCommitted) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err //nolint:wrapcheck // database/sql looks at it
	}
	execer, ok := conn.(driver.ExecerContext)
	if !ok {
		return nil, errors.Join(fmt.Errorf("%T runs no statements", conn), conn.Close())
	}
	if _, err := execer.ExecContext(ctx, "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED", nil); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return conn, nil
}
