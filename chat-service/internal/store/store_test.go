package store_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/model/imchat"
	"im-backend/common/utils/dbx"
)

func TestTablesAreMadeFromTheModels(t *testing.T) {
	t.Parallel()
	db, err := dbx.Open(dbx.Config{DSN: "sqlite:" + filepath.Join(t.TempDir(), "chat.db"), MaxOpen: 4})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	require.NoError(t, db.AutoMigrate(imchat.Tables()...))
	require.NoError(t, db.AutoMigrate(imchat.Tables()...), "a second start changes nothing")
}
