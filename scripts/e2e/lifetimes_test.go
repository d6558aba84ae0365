package e2e_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatHasExpiredMakesRoom(t *testing.T) {
	t.Parallel()
	s := brief(t)
	a, b := newPersonOn(t, s), newPersonOn(t, s)
	old := a.Tokens().AccessToken
	request, err := a.AddFriend(t.Context(), b.id, "")
	require.NoError(t, err)
	eventually(t, "the request has expired", func(ctx context.Context) bool {
		page, err := b.FriendRequests(ctx, "incoming", "expired", 0, "")
		require.NoError(t, err)
		return len(page.Items) == 1
	})
	again, err := a.AddFriend(t.Context(), b.id, "")
	require.NoError(t, err)
	require.NotEqual(t, request.RequestID, again.RequestID)

	eventually(t, "the token has expired", func(context.Context) bool {
		return raw{method: http.MethodGet, path: "/v1/users/me", token: old}.call(t, s.APIURL()).reason(t) == "TOKEN_EXPIRED"
	})
	_, err = a.Me(t.Context())
	require.NoError(t, err, "the client refreshes")
}
