package dbx

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"net"

	"github.com/go-sql-driver/mysql"

	"im-backend/common/utils/errs"
)

// Typed makes UNAVAILABLE of errors that say the database is away, busy or read-only now, and leaves all others alone. Stores
// pass what they answer through it, so that an outage is not taken for a fault of ours.
func Typed(err error) error {
	if err == nil || errors.As(err, new(*errs.Error)) {
		return err
	}
	if isAway(err) {
		return errs.ErrUnavailable.Because(err)
	}
	return err
}

func isAway(err error) bool {
	var network net.Error
	var my *mysql.MySQLError
	var lite sqliteError
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return false // From makes TIMEOUT of these
	case errors.Is(err, driver.ErrBadConn), errors.Is(err, mysql.ErrInvalidConn), errors.Is(err, sql.ErrConnDone):
		return true
	case errors.As(err, &network):
		return true
	case errors.As(err, &my):
		switch my.Number {
		case 1040, 1053, 1205, 1213, 1290, 1836, 1021, 1114, 3024: // full, stopping, locks, read-only, no space, too slow
			return true
		}
	case errors.As(err, &lite):
		switch lite.Code() & 0xff { // the rest says more about it
		case 5, 6, 9: // busy, locked, interrupted when its time was over
			return true
		}
	}
	return false
}

// sqliteError is an error of SQLite with its result code.
type sqliteError interface {
	error
	Code() int
}
