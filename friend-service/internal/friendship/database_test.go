//go:build !integration

package friendship_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/utils/dbx"
	"im-backend/friend-service/internal/store"
)

// connect opens an empty embedded database.
func connect(t *testing.T) *dbx.DB {
	t.Helper()
	db, err := dbx.Open(dbx.Config{DSN: "sqlite:" + t.TempDir() + "/x.db", MaxOpen: 8})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, db.Close()) })
	return db
}

// TestRequestsFromBeforeTheyExpiredHaveALifetime: a database of then is opened by the service of
// now. In MySQL the migrations do it.
func TestRequestsFromBeforeTheyExpiredHaveALifetime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	asked, err := w.Ask(t.Context(), 1, 2, "")
	require.NoError(t, err)
	require.NoError(t, w.db.Exec("UPDATE friend_requests SET expires_at = 0").Error)
	require.NoError(t, store.Prepare(t.Context(), w.db))
	_, err = w.Accept(t.Context(), 2, asked.ID, "")
	require.NoError(t, err)
}
