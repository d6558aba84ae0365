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
		resultCode(5), resultCode(9), resultCode(261), // SQLite: busy, interrupted, busy while it recovers
	} {
		require.ErrorIs(t, dbx.Typed(fmt.Errorf("read: %w", err)), errs.ErrUnavailable)
	}
}

func TestTypedLeavesTheRestAlone(t *testing.T) {
	t.Parallel()
	require.NoError(t, dbx.Typed(nil))
	for _, err := range []error{errs.ErrBlocked, context.DeadlineExceeded, errors.New("bug"), &mysql.MySQLError{Number: 1064}, resultCode(19)} {
		require.Equal(t, err, dbx.Typed(err))
	}
}

// resultCode is an error as SQLite's driver makes it.
type resultCode int

func (c resultCode) Error() string { return fmt.Sprint("result ", int(c)) }
func (c resultCode) Code() int     { return int(c) }
