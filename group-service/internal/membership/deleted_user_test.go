package membership_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/membership"
	"im-backend/group-service/internal/store"
)

// remove takes a deleted user out of all groups and answers how many calls that took.
func (w *world) remove(t *testing.T, user model.UserID) (calls int) {
	t.Helper()
	for {
		calls++
		done, err := w.RemoveUser(t.Context(), user)
		require.NoError(t, err)
		if done {
			return calls
		}
	}
}

func TestADeletedUserLeavesItsGroupsToOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	alone := w.create(t, "")
	owned := w.create(t, "", 2, 3, 4)
	require.NoError(t, w.give(t, owned, 1, 3, "admin"))
	plain := w.create(t, "", 3, 2)
	other, err := w.Create(t.Context(), membership.Draft{Owner: 2, Name: "x", Members: []model.UserID{1}})
	require.NoError(t, err)
	require.Equal(t, 1, w.remove(t, 1))
	require.Equal(t, 1, w.remove(t, 1), "again is nothing")
	for _, id := range []model.GroupID{alone, owned} {
		require.NoError(t, w.Flush(t.Context(), id), "the background does it")
	}

	g, err := w.Get(t.Context(), owned, 2)
	require.NoError(t, err)
	require.EqualValues(t, 3, g.Owner, "the highest role")
	require.Equal(t, []model.UserID{3, 2, 4}, w.members(t, owned, 2))
	events := w.events(t, owned)
	require.Equal(t, map[string]any{
		"event": "group.owner", "groupId": owned.String(), "operatorId": "1", "userIds": []any{"3"},
	}, events[2])
	require.Equal(t, map[string]any{
		"event": "member.left", "groupId": owned.String(), "operatorId": "1", "userIds": []any{"1"},
	}, events[3])
	require.Len(t, events, 4)
	g, err = w.Get(t.Context(), plain, 2)
	require.NoError(t, err)
	require.EqualValues(t, 2, g.Owner, "of those who joined at one time the first by id")
	require.Equal(t, []model.UserID{2}, w.members(t, other.ID, 2))
	require.Equal(t, "group.dismissed", w.last(t, alone)["event"])
	batch, err := w.Batch(t.Context(), []model.GroupID{alone})
	require.NoError(t, err)
	require.Equal(t, store.Dismissed, batch[0].Status)
	w.checkCounts(t)
}

func TestADeletedUserLeavesManyGroupsInSteps(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	for range 41 {
		w.create(t, "", 2)
	}
	w.chat.Fail(down) // the entries follow
	require.Equal(t, 3, w.remove(t, 2))
	mine, _, err := w.List(t.Context(), 2, 0, "")
	require.NoError(t, err)
	require.Empty(t, mine)
	w.chat.Fail(nil)
	rest, _, err := w.List(t.Context(), 1, 0, "")
	require.NoError(t, err)
	require.Len(t, rest, 41)
	for _, g := range rest {
		require.NoError(t, w.Flush(t.Context(), g.ID))
		require.Equal(t, "member.left", w.last(t, g.ID)["event"])
	}
}

func TestAUserIsRenamedInAllGroups(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	var groups []model.GroupID
	for range 205 {
		groups = append(groups, w.create(t, "", 2))
	}
	require.NoError(t, w.RenameUser(t.Context(), 2, "Zoë"))
	for _, id := range []model.GroupID{groups[0], groups[199], groups[200], groups[204]} {
		require.Equal(t, []model.UserID{2}, w.pages(t, membership.MemberList{Group: id, User: 1, NamePrefix: "zo"}))
	}
	g, err := w.Get(t.Context(), groups[0], 1)
	require.NoError(t, err)
	require.EqualValues(t, 1, g.Version, "no change that members would see")
}

// TestAUserWhoIsBeingRemovedJoinsNoGroup: the names were asked before the account was deleted, the commands come after.
func TestAUserWhoIsBeingRemovedJoinsNoGroup(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "open")
	asks := w.create(t, "approval")
	invite, err := w.CreateInvite(t.Context(), id, 1, 0, 0)
	require.NoError(t, err)
	require.Equal(t, 1, w.remove(t, 2))
	added, failed, err := w.Add(t.Context(), id, 1, []model.UserID{2, 3})
	require.NoError(t, err)
	require.Equal(t, []model.UserID{3}, added)
	require.Equal(t, []membership.Failure{{User: 2, Reason: errs.ErrUserNotFound}}, failed)
	_, err = w.Join(t.Context(), id, 2, "")
	require.ErrorIs(t, err, errs.ErrUserNotFound)
	_, err = w.Join(t.Context(), asks, 2, "")
	require.ErrorIs(t, err, errs.ErrUserNotFound)
	_, err = w.JoinByInvite(t.Context(), 2, invite.Code)
	require.ErrorIs(t, err, errs.ErrUserNotFound)
	_, err = w.ImportMembers(t.Context(), id, []model.UserID{2})
	require.ErrorIs(t, err, errs.ErrUserNotFound)
	_, err = w.Create(t.Context(), membership.Draft{Owner: 2, Name: "x"})
	require.ErrorIs(t, err, errs.ErrUserNotFound)
	g, err := w.Create(t.Context(), membership.Draft{Owner: 1, Name: "x", Members: []model.UserID{2}})
	require.NoError(t, err)
	require.Equal(t, []membership.Failure{{User: 2, Reason: errs.ErrUserNotFound}}, g.Failed)
}

// TestRacingAddsLeaveNoDeletedMember: an add commits before the user is marked, and is found then, or comes after it.
func TestRacingAddsLeaveNoDeletedMember(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	const user model.UserID = 9
	var groups []model.GroupID
	for range 8 {
		groups = append(groups, w.create(t, "open"))
	}
	var wg sync.WaitGroup
	for _, id := range groups {
		wg.Go(func() {
			_, _, err := w.Add(t.Context(), id, 1, []model.UserID{user})
			expect(t, err)
		})
	}
	wg.Go(func() {
		for done, tries := false, 0; !done && tries < 100; tries++ {
			var err error
			done, err = w.RemoveUser(t.Context(), user)
			expect(t, err)
		}
	})
	wg.Wait()
	mine, _, err := w.List(t.Context(), user, 0, "")
	require.NoError(t, err)
	require.Empty(t, mine)
}

// TestRemovingAUserWaitsForNobody: a chat-service that hangs holds up no deletion.
func TestRemovingAUserWaitsForNobody(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	for range 5 {
		w.create(t, "", 2)
	}
	before := w.chat.Calls()
	require.Equal(t, 1, w.remove(t, 2))
	require.Equal(t, before, w.chat.Calls())
}
