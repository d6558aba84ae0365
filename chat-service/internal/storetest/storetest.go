// Package storetest opens an empty im_chat for the tests of chat-service: an embedded one, or, built with the tag
// integration, a new database of the server that IM_TEST_MYSQL names, made by the migrations.
package storetest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/chat-service/internal/store"
	"im-backend/common/model/imchat"
	"im-backend/common/utils/dbx"
	"im-backend/deploy/mysql/mysqltest"
)

// Open answers an empty store and its database, which end with the test.
func Open(t testing.TB) (*store.Store, *dbx.DB) {
	t.Helper()
	db := mysqltest.Open(t, "im_chat")
	if db.SQLite {
		require.NoError(t, db.AutoMigrate(imchat.Tables()...))
	}
	return store.New(db), db
}
