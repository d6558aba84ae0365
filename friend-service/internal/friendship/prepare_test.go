//go:build !integration

package friendship_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/friend-service/internal/store"
)

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
