package membership_test

import (
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/model"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/membership"
	"im-backend/group-service/internal/store"
)

func TestAddAnswersForEachUser(t *testing.T) {
	t.Parallel()
	w := newWorld(t, but(func(c *membership.Config) { c.MaxMembers = 4 }))
	id := w.create(t, "", 2)
	added, failed, err := w.Add(t.Context(), id, 1, []model.UserID{1, 5, stranger, 4, 5, 6, 2})
	require.NoError(t, err)
	require.Equal(t, []model.UserID{5, 4}, added)
	require.Equal(t, []membership.Failure{
		{User: 1, Reason: errs.ErrAlreadyMember},
		{User: stranger, Reason: errs.ErrUserNotFound},
		{User: 6, Reason: errs.ErrGroupFull},
		{User: 2, Reason: errs.ErrAlreadyMember},
	}, failed)
	require.Equal(t, []model.UserID{1, 2, 4, 5}, w.members(t, id, 5))
	require.Equal(t, map[string]any{
		"event": "member.joined", "groupId": id.String(), "operatorId": "1", "userIds": []any{"5", "4"},
	}, w.events(t, id)[1])
	changes := w.chat.Log("g:" + id.String())[1].GetChanges()
	require.Len(t, changes, 2)
	require.Equal(t, logpb.MemberChange_KIND_JOINED, changes[0].GetKind())
	require.Equal(t, "member", changes[0].GetRole())
	require.False(t, changes[0].GetHistoryVisible())

	added, failed, err = w.Add(t.Context(), id, 1, []model.UserID{2})
	require.NoError(t, err)
	require.Empty(t, added)
	require.Len(t, failed, 1)
	require.Len(t, w.events(t, id), 2) // nothing changed, nothing told
}

func TestAddIsValidated(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "")
	many := make([]model.UserID, 201)
	for i := range many {
		many[i] = model.UserID(i + 10)
	}
	for _, bad := range [][]model.UserID{nil, {0}, many} {
		_, _, err := w.Add(t.Context(), id, 1, bad)
		require.ErrorIs(t, err, errs.ErrInvalidArgument)
	}
}

func TestWhoMayInvite(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	for policy, want := range map[string]error{"open": nil, "approval": errs.ErrNotGroupAdmin, "invite_only": errs.ErrNotGroupAdmin} {
		id := w.create(t, policy, 2, 3)
		w.promote(t, id, 3, store.Admin)
		_, _, err := w.Add(t.Context(), id, 2, []model.UserID{4})
		require.ErrorIs(t, err, want)
		_, _, err = w.Add(t.Context(), id, 3, []model.UserID{5})
		require.NoError(t, err)
	}
}

func TestOnlyAHigherRoleKicks(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "", 2, 3, 4, 5) // 2 and 3 admins, 4 and 5 plain members
	w.promote(t, id, 2, store.Admin)
	w.promote(t, id, 3, store.Admin)
	for _, c := range []struct {
		user, target model.UserID
		want         error
	}{
		{4, 5, errs.ErrNotGroupAdmin},
		{4, 4, errs.ErrNotGroupAdmin},
		{2, 3, errs.ErrForbidden},
		{2, 1, errs.ErrForbidden},
		{2, 2, errs.ErrForbidden},
		{1, 1, errs.ErrForbidden},
		{2, 9, errs.ErrUserNotFound},
		{2, 4, nil},
		{2, 4, nil}, // who is out already
		{5, 4, errs.ErrNotGroupAdmin},
		{1, 3, nil},
	} {
		require.ErrorIs(t, w.Kick(t.Context(), id, c.user, c.target), c.want, "%d kicks %d", c.user, c.target)
	}
	require.Equal(t, []model.UserID{1, 2, 5}, w.members(t, id, 1))
	require.Equal(t, map[string]any{
		"event": "member.kicked", "groupId": id.String(), "operatorId": "2", "userIds": []any{"4"},
	}, w.events(t, id)[1])
	change := w.chat.Log("g:" + id.String())[1].GetChanges()[0]
	require.Equal(t, logpb.MemberChange_KIND_LEFT, change.GetKind())
	require.EqualValues(t, 4, change.GetUserId())
}

func TestOwnerCannotLeave(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "", 2)
	require.ErrorIs(t, w.Leave(t.Context(), id, 1), errs.ErrForbidden)
	require.NoError(t, w.Leave(t.Context(), id, 2))
	require.NoError(t, w.Leave(t.Context(), id, 2), "the first answer may have been lost")
	require.Len(t, w.events(t, id), 2)
	require.ErrorIs(t, w.Leave(t.Context(), id, 3), errs.ErrGroupNotFound)
	require.Equal(t, map[string]any{
		"event": "member.left", "groupId": id.String(), "operatorId": "2", "userIds": []any{"2"},
	}, w.events(t, id)[1])
	added, _, err := w.Add(t.Context(), id, 1, []model.UserID{2}) // and back
	require.NoError(t, err)
	require.Equal(t, []model.UserID{2}, added)
}

func TestKickAndLeaveWaitForChatAndMayBeRepeated(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "", 2, 3)
	w.chat.Fail(down)
	for range 2 {
		require.ErrorIs(t, w.Kick(t.Context(), id, 1, 2), errs.ErrUnavailable)
		require.ErrorIs(t, w.Leave(t.Context(), id, 3), errs.ErrUnavailable)
	}
	require.Equal(t, []model.UserID{1}, w.members(t, id, 1)) // committed
	_, err := w.Get(t.Context(), id, 3)
	require.ErrorIs(t, err, errs.ErrGroupNotFound)
	w.chat.Fail(nil)
	w.relay.Start() // the background may well be first
	defer w.relay.Stop()
	require.NoError(t, w.Kick(t.Context(), id, 1, 2))
	require.NoError(t, w.Leave(t.Context(), id, 3))
	require.Len(t, w.events(t, id), 3)
	require.NoError(t, w.Kick(t.Context(), id, 1, 2))
	require.NoError(t, w.Leave(t.Context(), id, 3))
	require.Len(t, w.events(t, id), 3)
}

func TestWhoseKickWasNotAnsweredMayComeBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "", 2)
	w.chat.Fail(down)
	require.ErrorIs(t, w.Kick(t.Context(), id, 1, 2), errs.ErrUnavailable)
	w.chat.Fail(nil)
	added, _, err := w.Add(t.Context(), id, 1, []model.UserID{2})
	require.NoError(t, err)
	require.Equal(t, []model.UserID{2}, added)
	require.Equal(t, []model.UserID{1, 2}, w.members(t, id, 2))
	require.Len(t, w.events(t, id), 3)
}

func TestMembersAreListedByRoleThenTimeInPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "", 9, 8)
	for _, user := range []model.UserID{7, 6, 5} {
		_, _, err := w.Add(t.Context(), id, 1, []model.UserID{user})
		require.NoError(t, err)
	}
	w.promote(t, id, 6, store.Admin)
	var got []model.UserID
	cursor := ""
	for {
		page, err := w.Members(t.Context(), membership.MemberList{Group: id, User: 5, Limit: 2, Cursor: cursor})
		require.NoError(t, err)
		for _, m := range page.Members {
			got = append(got, m.User)
		}
		if cursor = page.NextCursor; cursor == "" {
			break
		}
	}
	require.Equal(t, []model.UserID{1, 6, 8, 9, 7, 5}, got)
	_, err := w.Members(t.Context(), membership.MemberList{Group: id, User: 1, Limit: -1})
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
	_, err = w.Members(t.Context(), membership.MemberList{Group: id, User: 1, Cursor: "?"})
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
}

func TestCachedMembersAreRightWhateverRedisDoes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "", 2)
	require.Equal(t, []model.UserID{1, 2}, w.members(t, id, 1))
	require.True(t, w.redis.Exists("members:{"+id.String()+"}"))
	require.Equal(t, []model.UserID{1, 2}, w.members(t, id, 1))
	w.redis.SetError("away")
	require.NoError(t, w.Kick(t.Context(), id, 1, 2))
	require.Equal(t, []model.UserID{1}, w.members(t, id, 1))
	w.redis.SetError("")
	require.Equal(t, []model.UserID{1}, w.members(t, id, 1))
	_, err := w.Members(t.Context(), membership.MemberList{Group: id, User: 2})
	require.ErrorIs(t, err, errs.ErrGroupNotFound)
}

func TestRacingAddsKeepTheLimitAndTheCount(t *testing.T) {
	t.Parallel()
	w := newWorld(t, but(func(c *membership.Config) { c.MaxMembers = 6 }))
	id := w.create(t, "open", 2)
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() {
			_, _, err := w.Add(t.Context(), id, 1, []model.UserID{model.UserID(10 + i), model.UserID(11 + i)})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	require.NoError(t, w.Flush(t.Context(), id))
	require.Len(t, w.members(t, id, 1), 6)
	g, err := w.Get(t.Context(), id, 1)
	require.NoError(t, err)
	require.EqualValues(t, 6, g.MemberCount)
}
