//go:build !integration

package mysqltest

import (
	"path/filepath"
	"testing"

	"im-backend/common/utils/dbx"
)

func create(t testing.TB, schema string) (dsn string, drop func(*dbx.DB)) {
	t.Helper()
	return "sqlite:" + filepath.Join(t.TempDir(), schema+".db"), func(*dbx.DB) {}
}
