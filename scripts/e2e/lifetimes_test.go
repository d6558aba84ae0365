package e2e_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
)

// TestLimitsOfFriends boots a system whose limits are reached at once.
func TestLimitsOfFriends(t *testing.T) {
	t.Parallel()
	s := ownSystem(t, map[string]string{
		"FRIEND_MAX_FRIENDS": "1", "FRIEND_MAX_PENDING": "1", "FRIEND_MAX_TAGS": "1", "FRIEND_MAX_BLOCKS": "1",
	})
	a, b, c, d := newPersonOn(t, s), newPersonOn(t, s), newPersonOn(t, s), newPersonOn(t, s)
	conflict := func(reason string, err error) {
		t.Helper()
		requireReason(t, err, http.StatusConflict, reason)
	}
	toA, err := c.AddFriend(t.Context(), a.id, "")
	require.NoError(t, err)
	_, err = c.AddFriend(t.Context(), b.id, "")
	conflict("FRIEND_REQUEST_LIMIT_REACHED", err)
	befriend(t, a, b)
	_, err = a.AddFriend(t.Context(), d.id, "")
	conflict("FRIEND_LIMIT_REACHED", err)
	_, err = a.AcceptFriend(t.Context(), toA.RequestID, "")
	conflict("FRIEND_LIMIT_REACHED", err)
	toB, err := d.AddFriend(t.Context(), c.id, "")
	require.NoError(t, err)
	_, err = c.CancelFriend(t.Context(), toA.RequestID)
	require.NoError(t, err)
	other, err := c.AddFriend(t.Context(), d.id, "")
	require.NoError(t, err, "crossing")
	require.Equal(t, toB.RequestID, other.RequestID)
	require.Equal(t, "accepted", other.Status)

	_, err = a.UpdateFriend(t.Context(), b.id, map[string]any{"tags": []string{"one", "two"}})
	conflict("TAG_LIMIT_REACHED", err)
	require.NoError(t, a.Block(t.Context(), c.id))
	conflict("BLOCK_LIMIT_REACHED", a.Block(t.Context(), d.id))
	require.NoError(t, a.Block(t.Context(), c.id), "a repeat takes no more room")
}

func TestWhoHasTooManyFriendsCannotBeAccepted(t *testing.T) {
	t.Parallel()
	s := ownSystem(t, map[string]string{"FRIEND_MAX_FRIENDS": "1", "FRIEND_MAX_PENDING": "2"})
	a, b, c := newPersonOn(t, s), newPersonOn(t, s), newPersonOn(t, s)
	first, err := a.AddFriend(t.Context(), b.id, "")
	require.NoError(t, err)
	second, err := a.AddFriend(t.Context(), c.id, "")
	require.NoError(t, err)
	_, err = b.AcceptFriend(t.Context(), first.RequestID, "")
	require.NoError(t, err)
	_, err = c.AcceptFriend(t.Context(), second.RequestID, "")
	requireReason(t, err, http.StatusConflict, "PEER_FRIEND_LIMIT_REACHED")
}

// reasonFor calls with an access token, which is never refreshed, and answers the reason of the refusal.
func reasonFor(ctx context.Context, t *testing.T, url, token string) string {
	t.Helper()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, http.NoBody)
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(r)
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	var problem struct{ Reason string }
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&problem))
	if problem.Reason != "" {
		require.Equal(t, http.StatusUnauthorized, answer.StatusCode)
	}
	return problem.Reason
}

// TestWhatHasExpiredIsRefusedAndSaysSo boots a system where everything is soon over.
func TestWhatHasExpiredIsRefusedAndSaysSo(t *testing.T) {
	t.Parallel()
	s := ownSystem(t, map[string]string{"AUTH_ACCESS_LIFETIME": "2s", "FRIEND_REQUEST_LIFETIME": "1s"})
	a, b := newPersonOn(t, s), newPersonOn(t, s)
	old := a.Tokens().AccessToken
	request, err := a.AddFriend(t.Context(), b.id, "")
	require.NoError(t, err)
	eventually(t, "the request has expired", func(ctx context.Context) bool {
		page, err := b.FriendRequests(ctx, "incoming", "expired", 0, "")
		require.NoError(t, err)
		return len(page.Items) == 1
	})
	for _, answer := range []func(context.Context, string) (imclient.FriendRequest, error){
		b.RejectFriend, a.CancelFriend,
		func(ctx context.Context, id string) (imclient.FriendRequest, error) {
			return b.AcceptFriend(ctx, id, "")
		},
	} {
		_, err = answer(t.Context(), request.RequestID)
		requireReason(t, err, http.StatusConflict, "REQUEST_EXPIRED")
	}
	again, err := a.AddFriend(t.Context(), b.id, "")
	require.NoError(t, err)
	require.NotEqual(t, request.RequestID, again.RequestID)

	eventually(t, "the token has expired", func(ctx context.Context) bool {
		return reasonFor(ctx, t, s.APIURL()+"/v1/users/me", old) == "TOKEN_EXPIRED"
	})
	_, err = a.Me(t.Context())
	require.NoError(t, err, "the client refreshes")
}
