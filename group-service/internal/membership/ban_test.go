package membership_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/membership"
	"im-backend/group-service/internal/store"
)

// banned are the banned users of a group, the newest first, read in pages of two.
func (w *world) banned(t *testing.T, id model.GroupID) []model.UserID {
	t.Helper()
	users := []model.UserID{}
	for cursor := ""; ; {
		page, next, err := w.Bans(t.Context(), id, 1, 2, cursor)
		require.NoError(t, err)
		for _, b := range page {
			users = append(users, b.User)
		}
		if cursor = next; next == "" {
			return users
		}
	}
}

func TestABannedMemberIsOutAndStaysOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "open", 2, 3)
	w.promote(t, id, 2, store.Admin)
	i := w.invite(t, id, 1, 0, 0)
	require.NoError(t, w.Ban(t.Context(), id, 2, 3))
	require.NoError(t, w.Ban(t.Context(), id, 1, 3), "once more is no error")
	events := w.events(t, id)
	require.Len(t, events, 2)
	require.Equal(t, []any{"member.kicked", "2", []any{"3"}}, []any{events[1]["event"], events[1]["operatorId"], events[1]["userIds"]})
	_, err := w.Join(t.Context(), id, 3, "")
	require.ErrorIs(t, err, errs.ErrForbidden)
	_, err = w.JoinByInvite(t.Context(), 3, i.Code)
	require.ErrorIs(t, err, errs.ErrForbidden)
	added, failed, err := w.Add(t.Context(), id, 1, []model.UserID{3, 4})
	require.NoError(t, err)
	require.Equal(t, []model.UserID{4}, added)
	require.Equal(t, []membership.Failure{{User: 3, Reason: errs.ErrForbidden}}, failed)
	n, err := w.ImportMembers(t.Context(), id, []model.UserID{3, 5})
	require.NoError(t, err)
	require.Equal(t, 1, n)
	require.Equal(t, []model.UserID{3}, w.banned(t, id))
	require.NoError(t, w.Unban(t.Context(), id, 2, 3))
	require.NoError(t, w.Unban(t.Context(), id, 2, 3), "nor is this")
	_, err = w.Join(t.Context(), id, 3, "")
	require.NoError(t, err)
}

func TestBansNeedAHigherRole(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "open", 2, 3, 4)
	w.promote(t, id, 2, store.Admin)
	w.promote(t, id, 3, store.Admin)
	for _, tc := range []struct {
		by, target model.UserID
		want       error
	}{
		{4, 9, errs.ErrNotGroupAdmin},
		{9, 4, errs.ErrGroupNotFound},
		{2, 3, errs.ErrForbidden},
		{2, 1, errs.ErrForbidden},
		{2, 2, errs.ErrForbidden},
		{1, 1, errs.ErrForbidden},
		{2, stranger, errs.ErrUserNotFound},
	} {
		require.ErrorIs(t, w.Ban(t.Context(), id, tc.by, tc.target), tc.want, tc)
	}
	require.ErrorIs(t, w.Unban(t.Context(), id, 4, 9), errs.ErrNotGroupAdmin)
	_, _, err := w.Bans(t.Context(), id, 4, 0, "")
	require.ErrorIs(t, err, errs.ErrNotGroupAdmin)
	require.NoError(t, w.Ban(t.Context(), id, 1, 3), "the owner may ban an admin")
	for _, user := range []model.UserID{9, 8, 7} { // who never was a member
		require.NoError(t, w.Ban(t.Context(), id, 2, user))
	}
	require.Equal(t, []model.UserID{7, 8, 9, 3}, w.banned(t, id))
	require.Len(t, w.events(t, id), 2)
}

func TestABanAnswersWhenChatKnows(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "open", 2)
	w.chat.Fail(down)
	require.ErrorIs(t, w.Ban(t.Context(), id, 1, 2), errs.ErrUnavailable)
	require.ErrorIs(t, w.Ban(t.Context(), id, 1, 2), errs.ErrUnavailable)
	w.chat.Fail(nil)
	require.NoError(t, w.Ban(t.Context(), id, 1, 2))
	require.Len(t, w.events(t, id), 2, "one kick")
}
