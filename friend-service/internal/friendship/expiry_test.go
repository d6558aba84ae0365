package friendship_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/friend-service/internal/friendship"
	"im-backend/friend-service/internal/store"
)

// expired asks and lets the request expire.
func (w *world) expired(t *testing.T, from, to model.UserID) store.Request {
	t.Helper()
	r, err := w.Ask(t.Context(), from, to, "")
	require.NoError(t, err)
	require.Equal(t, few.RequestLifetime.Milliseconds(), r.ExpiresAt-r.CreatedAt)
	w.clock.Store(r.ExpiresAt - 1) // the next look is at its very end
	return r
}

func TestRequestThatNobodyAnswersExpires(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.expired(t, 1, 2)
	w.clock.Add(-1)
	for i, want := range []store.Status{store.Pending, store.Expired} {
		listed, _, err := w.Requests(t.Context(), friendship.RequestList{User: 2})
		require.NoError(t, err)
		require.Equal(t, want, listed[0].Status)
		require.Equal(t, []int64{0, r.ExpiresAt}[i], listed[0].HandledAt)
	}
	for status, n := range map[store.Status]int{store.Pending: 0, store.Expired: 1, store.Rejected: 0} {
		listed, _, err := w.Requests(t.Context(), friendship.RequestList{User: 1, Outgoing: true, Status: status})
		require.NoError(t, err)
		require.Len(t, listed, n, status)
	}
	_, err := w.Accept(t.Context(), 2, r.ID, "")
	require.ErrorIs(t, err, errs.ErrRequestExpired)
	_, err = w.Reject(t.Context(), 2, r.ID)
	require.ErrorIs(t, err, errs.ErrRequestExpired)
	_, err = w.Cancel(t.Context(), 1, r.ID)
	require.ErrorIs(t, err, errs.ErrRequestExpired)
	_, err = w.Cancel(t.Context(), 3, r.ID)
	require.ErrorIs(t, err, errs.ErrRequestNotFound)
	require.Empty(t, w.friends(t, 2))
}

func TestOneMayAskAgainWhenARequestHasExpired(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.expired(t, 1, 2)
	second, err := w.Ask(t.Context(), 1, 2, "")
	require.NoError(t, err)
	require.NotEqual(t, first.ID, second.ID)
	require.Len(t, w.events(t, "n:2"), 2)
	listed, _, err := w.Requests(t.Context(), friendship.RequestList{User: 1, Outgoing: true, Status: store.Expired})
	require.NoError(t, err)
	require.Len(t, listed, 1)
	require.Equal(t, first.ExpiresAt, listed[0].HandledAt, "not when it was noted")
	_, err = w.Accept(t.Context(), 2, first.ID, "")
	require.ErrorIs(t, err, errs.ErrRequestExpired)
	_, err = w.Accept(t.Context(), 2, second.ID, "")
	require.NoError(t, err)
}

func TestARequestThatCrossesAnExpiredOneIsNew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := w.expired(t, 1, 2)
	back, err := w.Ask(t.Context(), 2, 1, "")
	require.NoError(t, err)
	require.NotEqual(t, first.ID, back.ID)
	require.Equal(t, store.Pending, back.Status)
	require.Empty(t, w.friends(t, 1))
}

func TestABlockLeavesAnExpiredRequestExpired(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.expired(t, 1, 2)
	require.NoError(t, w.Block(t.Context(), 2, 1))
	listed, _, err := w.Requests(t.Context(), friendship.RequestList{User: 1, Outgoing: true})
	require.NoError(t, err)
	require.Equal(t, store.Expired, listed[0].Status)
}

func TestWhoTakesNoRequestsIsNotAsked(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	before, err := w.Ask(t.Context(), 3, 2, "")
	require.NoError(t, err)
	w.users.set(2, true)
	_, err = w.Ask(t.Context(), 1, 2, "")
	require.ErrorIs(t, err, errs.ErrFriendRequestsRefused)
	require.Len(t, w.events(t, "n:2"), 1)
	again, err := w.Ask(t.Context(), 3, 2, "")
	require.NoError(t, err, "the one from before stands")
	require.Equal(t, before.ID, again.ID)
	_, err = w.Ask(t.Context(), 2, 4, "")
	require.NoError(t, err)
	crossing, err := w.Ask(t.Context(), 4, 2, "")
	require.NoError(t, err, "who asked wants the answer")
	require.Equal(t, store.Accepted, crossing.Status)
	w.users.set(2, false)
	_, err = w.Ask(t.Context(), 1, 2, "")
	require.NoError(t, err)
}
