package membership_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/model"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/membership"
	"im-backend/group-service/internal/store"
)

func TestCreateMakesTheGroupAndItsFirstEntry(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	g, err := w.Create(t.Context(), membership.Draft{
		Owner: 1, Name: " The <group> ", Members: []model.UserID{3, 2, 3, 1}, AvatarURL: "http://a/b", HistoryVisible: true,
	})
	require.NoError(t, err)
	require.Equal(t, "The <group>", g.Name)
	require.Equal(t, "approval", g.JoinPolicy)
	require.EqualValues(t, 3, g.MemberCount)
	require.Equal(t, store.Owner, g.Role)
	require.Equal(t, []model.UserID{1, 2, 3}, w.members(t, g.ID, 2))
	require.Equal(t, []map[string]any{{
		"event": "group.created", "groupId": g.ID.String(), "operatorId": "1", "userIds": []any{"1", "3", "2"}, "name": "The <group>",
	}}, w.events(t, g.ID))
	entry := w.chat.Log("g:" + g.ID.String())[0]
	require.True(t, entry.GetCreates())
	require.Len(t, entry.GetChanges(), 3)
	for i, role := range []string{"owner", "member", "member"} {
		change := entry.GetChanges()[i]
		require.Equal(t, logpb.MemberChange_KIND_JOINED, change.GetKind())
		require.Equal(t, role, change.GetRole())
		require.True(t, change.GetHistoryVisible())
	}
	got, err := w.Get(t.Context(), g.ID, 1)
	require.NoError(t, err)
	require.Equal(t, g.Membership, got)
}

func TestCreateIsValidated(t *testing.T) {
	t.Parallel()
	w := newWorld(t, but(func(c *membership.Config) { c.MaxMembers = 600 }))
	many := make([]model.UserID, 501)
	for i := range many {
		many[i] = model.UserID(i + 2)
	}
	for field, bad := range map[string]membership.Draft{
		"name":       {Owner: 1, Name: "  "},
		"joinPolicy": {Owner: 1, Name: "x", JoinPolicy: "secret"},
		"avatarUrl":  {Owner: 1, Name: "x", AvatarURL: "javascript:alert(1)"},
		"memberIds":  {Owner: 1, Name: "x", Members: many},
	} {
		_, err := w.Create(t.Context(), bad)
		require.ErrorIs(t, err, errs.ErrInvalidArgument)
		require.Equal(t, field, errs.From(err).Fields[0].Field)
	}
	_, err := w.Create(t.Context(), membership.Draft{Owner: 1, Name: strings.Repeat("ä", 65)})
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
	_, err = w.Create(t.Context(), membership.Draft{Owner: 1, Name: "x", Members: []model.UserID{0}})
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
	_, err = w.Create(t.Context(), membership.Draft{Owner: 1, Name: "x", Members: []model.UserID{2, stranger}})
	require.ErrorIs(t, err, errs.ErrUserNotFound)
	g, err := w.Create(t.Context(), membership.Draft{Owner: 1, Name: strings.Repeat("ä", 64), Members: many[:500]})
	require.NoError(t, err)
	require.EqualValues(t, 501, g.MemberCount)
}

func TestGroupIsNothingToOthers(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "", 2)
	require.NoError(t, w.Leave(t.Context(), id, 2))
	name := "x"
	for _, user := range []model.UserID{2, 3} { // an ex-member and a stranger
		for _, group := range []model.GroupID{id, id + 1} {
			_, err := w.Get(t.Context(), group, user)
			require.ErrorIs(t, err, errs.ErrGroupNotFound)
			_, err = w.Members(t.Context(), membership.MemberList{Group: group, User: user})
			require.ErrorIs(t, err, errs.ErrGroupNotFound)
			_, err = w.Update(t.Context(), group, user, membership.Changes{Name: &name})
			require.ErrorIs(t, err, errs.ErrGroupNotFound)
			_, _, err = w.Add(t.Context(), group, user, []model.UserID{4})
			require.ErrorIs(t, err, errs.ErrGroupNotFound)
			require.ErrorIs(t, w.Kick(t.Context(), group, user, 1), errs.ErrGroupNotFound)
			require.ErrorIs(t, w.Dismiss(t.Context(), group, user), errs.ErrGroupNotFound)
		}
	}
}

func TestUpdateTellsWhatChanged(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "", 2, 3)
	w.promote(t, id, 2, store.Admin)
	name, policy, visible := "new", "open", true
	g, err := w.Update(t.Context(), id, 2, membership.Changes{Name: &name, JoinPolicy: &policy, HistoryVisible: &visible})
	require.NoError(t, err)
	require.Equal(t, "new", g.Name)
	require.Equal(t, store.Admin, g.Role)
	want := map[string]any{
		"event": "group.updated", "groupId": id.String(), "operatorId": "2", "name": "new", "joinPolicy": "open", "historyVisible": true,
	}
	require.Equal(t, want, w.events(t, id)[1])
	got, err := w.Get(t.Context(), id, 3)
	require.NoError(t, err)
	require.Equal(t, "new", got.Name)
	require.True(t, got.HistoryVisible)

	_, err = w.Update(t.Context(), id, 1, membership.Changes{Name: &name}) // nothing new
	require.NoError(t, err)
	_, err = w.Update(t.Context(), id, 1, membership.Changes{})
	require.NoError(t, err)
	require.Len(t, w.events(t, id), 2)

	_, err = w.Update(t.Context(), id, 3, membership.Changes{Name: &name})
	require.ErrorIs(t, err, errs.ErrNotGroupAdmin)
	empty := " "
	_, err = w.Update(t.Context(), id, 1, membership.Changes{Name: &empty})
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
}

func TestDismissedGroupIsGone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "", 2, 3)
	w.promote(t, id, 2, store.Admin)
	require.ErrorIs(t, w.Dismiss(t.Context(), id, 2), errs.ErrNotGroupOwner)
	require.ErrorIs(t, w.Dismiss(t.Context(), id, 3), errs.ErrNotGroupOwner)
	require.NoError(t, w.Dismiss(t.Context(), id, 1))
	log := w.chat.Log("g:" + id.String())
	require.Len(t, log, 2)
	require.True(t, log[1].GetDismisses())
	require.Empty(t, log[1].GetChanges())
	require.Equal(t, map[string]any{"event": "group.dismissed", "groupId": id.String(), "operatorId": "1"}, w.events(t, id)[1])
	for user := range model.UserID(4) {
		_, err := w.Get(t.Context(), id, user)
		require.ErrorIs(t, err, errs.ErrGroupNotFound)
		if user != 1 { // whose repeat it is
			require.ErrorIs(t, w.Dismiss(t.Context(), id, user), errs.ErrGroupNotFound)
		}
		require.ErrorIs(t, w.Leave(t.Context(), id, user), errs.ErrGroupNotFound)
		groups, _, err := w.List(t.Context(), user, 0, "")
		require.NoError(t, err)
		require.Empty(t, groups)
	}
	batch, err := w.Batch(t.Context(), []model.GroupID{id, id + 1}) // its history stays, and needs a name
	require.NoError(t, err)
	require.Len(t, batch, 1)
	require.Equal(t, store.Dismissed, batch[0].Status)
}

func TestDismissWaitsForChatAndMayBeRepeated(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "", 2)
	w.chat.Fail(down)
	for range 2 {
		require.ErrorIs(t, w.Dismiss(t.Context(), id, 1), errs.ErrUnavailable)
	}
	require.ErrorIs(t, w.Dismiss(t.Context(), id, 2), errs.ErrGroupNotFound)
	w.chat.Fail(nil)
	w.relay.Start() // the background may well be first
	defer w.relay.Stop()
	require.NoError(t, w.Dismiss(t.Context(), id, 1))
	require.NoError(t, w.Dismiss(t.Context(), id, 1))
	require.Len(t, w.events(t, id), 2)
}

func TestCreateNeedsNoAnswerOfChat(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	w.chat.Fail(down)
	id := w.create(t, "", 2)
	_, _, err := w.Add(t.Context(), id, 1, []model.UserID{3})
	require.NoError(t, err)
	require.ErrorIs(t, w.Flush(t.Context(), id), errs.ErrUnavailable)
	w.chat.Fail(nil)
	require.NoError(t, w.Flush(t.Context(), id))
	require.Len(t, w.events(t, id), 2)
}

func TestGroupsAreListedByIDInPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	var want []model.GroupID
	for range 5 {
		want = append(want, w.create(t, "", 2))
	}
	w.create(t, "", 3)
	require.NoError(t, w.Leave(t.Context(), want[1], 2))
	want = append(want[:1], want[2:]...)
	var got []model.GroupID
	cursor := ""
	for {
		groups, next, err := w.List(t.Context(), 2, 3, cursor)
		require.NoError(t, err)
		for _, g := range groups {
			require.Equal(t, store.Ordinary, g.Role)
			got = append(got, g.ID)
		}
		if cursor = next; next == "" {
			break
		}
	}
	require.Equal(t, want, got)
	_, _, err := w.List(t.Context(), 2, 201, "")
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
	_, _, err = w.List(t.Context(), 2, 0, "?")
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
	_, err = w.Batch(t.Context(), make([]model.GroupID, 201))
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
}
