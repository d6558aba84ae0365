package membership_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/membership"
	"im-backend/group-service/internal/store"
)

func (w *world) invite(t *testing.T, id model.GroupID, by model.UserID, seconds int64, uses int32) membership.CreatedInvite {
	t.Helper()
	i, err := w.CreateInvite(t.Context(), id, by, seconds, uses)
	require.NoError(t, err)
	return i
}

func TestAnInviteLetsInWhateverThePolicy(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	for _, policy := range []string{"open", "approval", "invite_only"} {
		id := w.create(t, policy)
		i := w.invite(t, id, 1, 0, 0)
		require.GreaterOrEqual(t, len(i.Code), 26)
		require.Equal(t, 7*24*time.Hour.Milliseconds(), i.ExpiresAt-i.CreatedAt)
		shown, err := w.Invited(t.Context(), i.Code)
		require.NoError(t, err)
		require.Equal(t, []any{id, "group", int32(1), i.ExpiresAt}, []any{shown.ID, shown.Name, shown.MemberCount, shown.ExpiresAt})
		joined, err := w.JoinByInvite(t.Context(), 9, i.Code)
		require.NoError(t, err)
		require.Equal(t, []any{id, store.Ordinary}, []any{joined.ID, joined.Role})
		require.Equal(t, "9", w.events(t, id)[1]["operatorId"])
		_, err = w.JoinByInvite(t.Context(), 9, i.Code)
		require.ErrorIs(t, err, errs.ErrAlreadyMember)
		list, _, err := w.Invites(t.Context(), id, 1, 0, "")
		require.NoError(t, err)
		require.Len(t, list, 1)
		require.EqualValues(t, 1, list[0].Uses, "who is a member uses nothing up")
	}
}

func TestOnlyTheHashOfACodeIsKept(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	i := w.invite(t, w.create(t, "approval"), 1, 0, 0)
	var row map[string]any
	require.NoError(t, w.db.Table("group_invites").Take(&row).Error)
	for _, value := range row {
		require.NotEqual(t, i.Code, value)
	}
	for _, code := range []string{"", "x", i.Code[1:], i.Code + "A"} {
		_, err := w.Invited(t.Context(), code)
		require.ErrorIs(t, err, errs.ErrNotFound)
		_, err = w.JoinByInvite(t.Context(), 9, code)
		require.ErrorIs(t, err, errs.ErrNotFound)
	}
}

// refused checks that a code leads nowhere.
func (w *world) refused(t *testing.T, code string) {
	t.Helper()
	_, err := w.Invited(t.Context(), code)
	require.ErrorIs(t, err, errs.ErrNotFound)
	_, err = w.JoinByInvite(t.Context(), 99, code)
	require.ErrorIs(t, err, errs.ErrNotFound)
}

func TestInvitesEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "approval", 2)
	once := w.invite(t, id, 1, 0, 1)
	_, err := w.JoinByInvite(t.Context(), 9, once.Code)
	require.NoError(t, err)
	w.refused(t, once.Code)

	revoked := w.invite(t, id, 1, 0, 0)
	require.NoError(t, w.DeleteInvite(t.Context(), id, 1, revoked.ID))
	require.NoError(t, w.DeleteInvite(t.Context(), id, 1, revoked.ID))
	w.refused(t, revoked.Code)
	require.ErrorIs(t, w.DeleteInvite(t.Context(), id, 1, 5), errs.ErrNotFound)
	require.ErrorIs(t, w.DeleteInvite(t.Context(), w.create(t, "approval"), 1, revoked.ID), errs.ErrNotFound)

	short := w.invite(t, id, 1, 60, 0)
	w.clock.Store(short.ExpiresAt)
	w.refused(t, short.Code)

	last := w.invite(t, id, 1, 0, 0)
	require.NoError(t, w.Dismiss(t.Context(), id, 1))
	w.refused(t, last.Code)
}

func TestAnInviteIsAsGoodAsTheRightOfItsMaker(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "open", 2, 3)
	left, demoted := w.invite(t, id, 2, 0, 0), w.invite(t, id, 3, 0, 0)
	require.NoError(t, w.Leave(t.Context(), id, 2))
	w.refused(t, left.Code)
	_, err := w.JoinByInvite(t.Context(), 8, demoted.Code)
	require.NoError(t, err)
	admin := "admin"
	_, err = w.Update(t.Context(), id, 1, membership.Changes{InviteRole: &admin})
	require.NoError(t, err)
	w.refused(t, demoted.Code)
	_, err = w.CreateInvite(t.Context(), id, 3, 0, 0)
	require.ErrorIs(t, err, errs.ErrNotGroupAdmin)
}

func TestInvitesAreOnesOwnAndTheAdmins(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "open", 2, 3)
	i := w.invite(t, id, 2, 0, 0)
	require.ErrorIs(t, w.DeleteInvite(t.Context(), id, 3, i.ID), errs.ErrNotGroupAdmin)
	require.ErrorIs(t, w.DeleteInvite(t.Context(), id, 9, i.ID), errs.ErrGroupNotFound)
	_, _, err := w.Invites(t.Context(), id, 2, 0, "")
	require.ErrorIs(t, err, errs.ErrNotGroupAdmin)
	require.NoError(t, w.DeleteInvite(t.Context(), id, 2, i.ID))
	other := w.invite(t, id, 2, 0, 0)
	require.NoError(t, w.DeleteInvite(t.Context(), id, 1, other.ID))
	_, err = w.CreateInvite(t.Context(), id, 9, 0, 0)
	require.ErrorIs(t, err, errs.ErrGroupNotFound)
	for _, bad := range []struct {
		seconds int64
		uses    int32
	}{{-1, 0}, {30*24*3600 + 1, 0}, {0, -1}} {
		_, err = w.CreateInvite(t.Context(), id, 1, bad.seconds, bad.uses)
		require.ErrorIs(t, err, errs.ErrInvalidArgument)
	}
}

func TestAGroupHasSoManyOpenInvites(t *testing.T) {
	t.Parallel()
	w := newWorld(t, but(func(c *membership.Config) { c.MaxInvites = 3 }))
	id := w.create(t, "approval")
	var ids []int64
	for range 3 {
		ids = append([]int64{w.invite(t, id, 1, 0, 1).ID}, ids...)
	}
	_, err := w.CreateInvite(t.Context(), id, 1, 0, 0)
	require.ErrorIs(t, err, errs.ErrInviteLimitReached)
	var got []int64
	for cursor := ""; ; {
		page, next, err := w.Invites(t.Context(), id, 1, 2, cursor)
		require.NoError(t, err)
		for _, i := range page {
			got = append(got, i.ID)
		}
		if cursor = next; next == "" {
			break
		}
	}
	require.Equal(t, ids, got)
	require.NoError(t, w.DeleteInvite(t.Context(), id, 1, ids[0]))
	w.invite(t, id, 1, 0, 0)
	var rows int64
	require.NoError(t, w.db.Table("group_invites").Count(&rows).Error)
	require.EqualValues(t, 3, rows, "what nobody can use is dropped")
}

// TestTheInvitesOfWhoMayMakeNoneEndForGood: they do not come back with the right.
func TestTheInvitesOfWhoMayMakeNoneEndForGood(t *testing.T) {
	t.Parallel()
	admin, member := "admin", "member"
	again := func(t *testing.T, w *world, id model.GroupID) {
		t.Helper()
		_, _, err := w.Add(t.Context(), id, 1, []model.UserID{2})
		require.NoError(t, err)
		require.NoError(t, w.give(t, id, 1, 2, "admin"))
	}
	for name, loseAndRegain := range map[string]func(t *testing.T, w *world, id model.GroupID){
		"kicked": func(t *testing.T, w *world, id model.GroupID) {
			t.Helper()
			require.NoError(t, w.Kick(t.Context(), id, 1, 2))
			again(t, w, id)
		},
		"left": func(t *testing.T, w *world, id model.GroupID) {
			t.Helper()
			require.NoError(t, w.Leave(t.Context(), id, 2))
			again(t, w, id)
		},
		"banned": func(t *testing.T, w *world, id model.GroupID) {
			t.Helper()
			require.NoError(t, w.Ban(t.Context(), id, 1, 2))
			require.NoError(t, w.Unban(t.Context(), id, 1, 2))
			again(t, w, id)
		},
		"demoted": func(t *testing.T, w *world, id model.GroupID) {
			t.Helper()
			require.NoError(t, w.give(t, id, 1, 2, "member"))
			require.NoError(t, w.give(t, id, 1, 2, "admin"))
		},
		"by setting": func(t *testing.T, w *world, id model.GroupID) {
			t.Helper()
			owner := "owner"
			for _, role := range []*string{&owner, &admin} {
				_, err := w.Update(t.Context(), id, 1, membership.Changes{InviteRole: role})
				require.NoError(t, err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, limits)
			id := w.create(t, "", 2, 3)
			require.NoError(t, w.give(t, id, 1, 2, "admin"))
			theirs, err := w.CreateInvite(t.Context(), id, 2, 0, 0)
			require.NoError(t, err)
			other, err := w.CreateInvite(t.Context(), id, 1, 0, 0)
			require.NoError(t, err)
			_, err = w.Update(t.Context(), id, 1, membership.Changes{InviteRole: &member})
			require.NoError(t, err)
			_, err = w.Update(t.Context(), id, 1, membership.Changes{InviteRole: &admin})
			require.NoError(t, err)
			_, err = w.Invited(t.Context(), theirs.Code)
			require.NoError(t, err, "who keeps the right keeps the invites")
			loseAndRegain(t, w, id)
			_, err = w.JoinByInvite(t.Context(), 5, theirs.Code)
			require.ErrorIs(t, err, errs.ErrNotFound)
			_, err = w.JoinByInvite(t.Context(), 5, other.Code)
			require.NoError(t, err)
		})
	}
}
