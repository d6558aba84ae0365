package membership_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/membership"
)

// requireRated is about a command that comes too often.
func requireRated(t *testing.T, err error) {
	t.Helper()
	require.ErrorIs(t, err, errs.ErrRateLimited)
	require.Positive(t, errs.From(err).RetryAfter)
}

func TestAddingMembersIsBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, but(func(c *membership.Config) { c.AddsPerMinute = 3 }))
	first, second := w.create(t, ""), w.create(t, "", 7)
	added, _, err := w.Add(t.Context(), first, 1, []model.UserID{2, 3})
	require.NoError(t, err)
	require.Len(t, added, 2)
	_, failed, err := w.Add(t.Context(), second, 1, []model.UserID{7})
	require.NoError(t, err)
	require.Len(t, failed, 1, "who is not added does not count")
	_, _, err = w.Add(t.Context(), second, 1, []model.UserID{4, 5})
	requireRated(t, err)
	require.Equal(t, []model.UserID{1, 7}, w.members(t, second, 1), "all or none of them")
	_, _, err = w.Add(t.Context(), second, 1, []model.UserID{4})
	require.NoError(t, err)
	w.clock.Add(time.Minute.Milliseconds())
	_, _, err = w.Add(t.Context(), second, 1, []model.UserID{5, 6})
	require.NoError(t, err)
}

func TestJoiningAndAskingAreBoundedTogether(t *testing.T) {
	t.Parallel()
	w := newWorld(t, but(func(c *membership.Config) { c.JoinsPerMinute = 3 }))
	open, asks := w.create(t, "open"), w.create(t, "approval")
	invite, err := w.CreateInvite(t.Context(), asks, 1, 0, 0)
	require.NoError(t, err)
	for range 2 {
		_, err = w.Join(t.Context(), open, 2, "")
		require.NoError(t, err)
		require.NoError(t, w.Leave(t.Context(), open, 2))
	}
	for range 3 {
		joined, err := w.Join(t.Context(), asks, 2, "")
		require.NoError(t, err, "one that waits is asked once")
		require.True(t, joined.Asked)
	}
	_, err = w.Join(t.Context(), open, 2, "")
	requireRated(t, err)
	_, err = w.JoinByInvite(t.Context(), 2, invite.Code)
	requireRated(t, err)
	_, err = w.JoinByInvite(t.Context(), 3, invite.Code)
	require.NoError(t, err, "another has not joined one")
}

func TestMakingInvitesIsBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, but(func(c *membership.Config) { c.InvitesPerDay = 2 }))
	id := w.create(t, "")
	for range 2 {
		_, err := w.CreateInvite(t.Context(), id, 1, 0, 0)
		require.NoError(t, err)
	}
	_, err := w.CreateInvite(t.Context(), id, 1, 0, 0)
	requireRated(t, err)
	list, _, err := w.Invites(t.Context(), id, 1, 0, "")
	require.NoError(t, err)
	require.Len(t, list, 2)
}

func TestAGroupHasSoManyBansAndRequestsOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, but(func(c *membership.Config) { c.MaxBans, c.MaxRequests = 2, 2 }))
	id := w.create(t, "approval", 2)
	for _, user := range []model.UserID{3, 4} {
		require.NoError(t, w.Ban(t.Context(), id, 1, user))
	}
	require.ErrorIs(t, w.Ban(t.Context(), id, 1, 2), errs.ErrBanLimitReached)
	require.Equal(t, []model.UserID{1, 2}, w.members(t, id, 1), "who is not banned is not kicked")
	require.NoError(t, w.Ban(t.Context(), id, 1, 3), "who is banned is no new ban")
	require.NoError(t, w.Unban(t.Context(), id, 1, 3))
	require.NoError(t, w.Ban(t.Context(), id, 1, 2))

	for _, user := range []model.UserID{5, 6, 5} {
		_, err := w.Join(t.Context(), id, user, "")
		require.NoError(t, err)
	}
	_, err := w.Join(t.Context(), id, 7, "")
	require.ErrorIs(t, err, errs.ErrJoinRequestLimitReached)
	requests, _, err := w.Requests(t.Context(), membership.RequestList{Group: id, User: 1})
	require.NoError(t, err)
	_, err = w.RejectRequest(t.Context(), id, 1, requests[0].ID)
	require.NoError(t, err)
	_, err = w.Join(t.Context(), id, 7, "")
	require.NoError(t, err)
}
