//go:build !integration

package storetest

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/model/imchat"
	"im-backend/common/utils/dbx"
)

func connect(t testing.TB) *dbx.DB {
	t.Helper()
	db, err := dbx.Open(dbx.Config{DSN: "sqlite:" + filepath.Join(t.TempDir(), "chat.db"), MaxOpen: 8})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	require.NoError(t, db.AutoMigrate(imchat.Tables()...))
	return db
}
