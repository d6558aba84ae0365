package dbx_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"net"
	"testing"

	"github.com/go-sql-driver/mysql"
	"github.com/stretchr/testify/require"

	"im-backend/common/utils/dbx"
	"im-backend/common/utils/errs"
)

func TestTypedCallsAnOutageUnavailable(t *testing.T) {
	t.Parallel()
	for _, err := range []error{
		driver.ErrBadConn, mysql.ErrInvalidConn, &mysql.MySQLError{Number: 1213}, &net.OpError{Op: "dial", Err: errors.New("refused")},
		resultCodeError(5), resultCodeError(9), resultCodeError(261), // SQLite: busy, interrupted, busy while it recovers
	} {
		require.ErrorIs(t, dbx.Typed(fmt.Errorf("read: %w", err)), errs.ErrUnavailable)
	}
}

func TestTypedLeavesTheRestAlone(t *testing.T) {
	t.Parallel()
	require.NoError(t, dbx.Typed(nil))
	for _, err := range []error{errs.ErrBlocked, context.DeadlineExceeded, errors.New("bug"), &mysql.MySQLError{Number: 1064}, resultCodeError(19)} {
		require.Equal(t, err, dbx.Typed(err))
	}
}

// resultCodeError is an error as SQLite's driver makes it.
type resultCodeError int

func (c resultCodeError) Error() string { return fmt.Sprint("result ", int(c)) }
func (c resultCodeError) Code() int     { return int(c) }
