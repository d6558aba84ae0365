package dbx

import (
	"strings"
	"sync"

	"github.com/glebarez/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/migrator"
	"gorm.io/gorm/schema"
)

// sqliteDialector makes SQLite's tables from the same models as MySQL's: it leaves out the character sets and collations of
// column types, which SQLite does not know (its text compares bytewise, as ascii_bin does).
type sqliteDialector struct {
	*sqlite.Dialector
}

func openSQLite(path string) gorm.Dialector {
	dsn := "file:" + path + "?_txlock=immediate&_pragma=busy_timeout(5000)" +
		"&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)&_pragma=foreign_keys(1)"
	return sqliteDialector{sqlite.Open(dsn).(*sqlite.Dialector)} //nolint:errcheck // what Open returns
}

// writers has one place for each SQLite file that this process has opened, however often.
var writers sync.Map // path → chan struct{}

// writerOf is the place that a transaction on a file takes while it writes.
func writerOf(path string) chan struct{} {
	place, _ := writers.LoadOrStore(path, make(chan struct{}, 1))
	return place.(chan struct{}) //nolint:errcheck // nothing else is stored
}

// DataTypeOf is the column type without its character set.
func (d sqliteDialector) DataTypeOf(field *schema.Field) string {
	dataType, _, _ := strings.Cut(d.Dialector.DataTypeOf(field), " CHARACTER SET ")
	return dataType
}

// Migrator is SQLite's with our types.
func (d sqliteDialector) Migrator(db *gorm.DB) gorm.Migrator {
	return sqlite.Migrator{Migrator: migrator.Migrator{Config: migrator.Config{
		DB: db, Dialector: d, CreateIndexAfterCreateTable: true,
	}}}
}
