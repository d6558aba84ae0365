// Package storetest opens an empty im_chat for the tests of chat-service: an embedded one, or, built with the tag
// integration, a new database of the server that IM_TEST_MYSQL names, made by the migrations.
package storetest

import (
	"testing"

	"im-backend/chat-service/internal/store"
	"im-backend/common/utils/dbx"
)

// Open answers an empty store and its database, which end with the test.
func Open(t testing.TB) (*store.Store, *dbx.DB) {
	t.Helper()
	db := connect(t)
	return store.New(db), db
}
