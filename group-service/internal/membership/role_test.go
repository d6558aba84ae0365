package membership_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/model"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/membership"
	"im-backend/group-service/internal/store"
)

func (w *world) give(t *testing.T, id model.GroupID, by, user model.UserID, role string) error {
	t.Helper()
	_, err := w.UpdateMember(t.Context(), id, by, user, membership.MemberChanges{Role: &role})
	return err
}

func (w *world) call(t *testing.T, id model.GroupID, by, user model.UserID, nickname string) error {
	t.Helper()
	_, err := w.UpdateMember(t.Context(), id, by, user, membership.MemberChanges{Nickname: &nickname})
	return err
}

func TestOnlyTheOwnerGivesRoles(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "", 2, 3)
	require.NoError(t, w.give(t, id, 1, 2, "admin"))
	require.Equal(t, map[string]any{
		"event": "member.role", "groupId": id.String(), "operatorId": "1", "userIds": []any{"2"}, "role": "admin",
	}, w.last(t, id))
	change := w.chat.Log("g:" + id.String())[1].GetChanges()[0]
	require.Equal(t, logpb.MemberChange_KIND_UPDATED, change.GetKind())
	require.Equal(t, "admin", change.GetRole())
	require.NoError(t, w.give(t, id, 1, 2, "admin"))
	require.Len(t, w.events(t, id), 2, "nothing new, nothing told")

	require.ErrorIs(t, w.give(t, id, 2, 3, "admin"), errs.ErrNotGroupOwner)
	require.ErrorIs(t, w.give(t, id, 2, 2, "member"), errs.ErrNotGroupOwner)
	require.ErrorIs(t, w.give(t, id, 3, 3, "admin"), errs.ErrNotGroupOwner)
	require.ErrorIs(t, w.give(t, id, 1, 1, "member"), errs.ErrForbidden)
	require.ErrorIs(t, w.give(t, id, 1, 2, "owner"), errs.ErrInvalidArgument)
	require.ErrorIs(t, w.give(t, id, 1, 2, ""), errs.ErrInvalidArgument)
	require.ErrorIs(t, w.give(t, id, 1, 9, "admin"), errs.ErrUserNotFound)
	require.ErrorIs(t, w.give(t, id, 9, 2, "admin"), errs.ErrGroupNotFound)
	require.NoError(t, w.give(t, id, 1, 2, "member"))
	require.Len(t, w.events(t, id), 3)
}

func TestAdminsAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, but(func(c *membership.Config) { c.MaxAdmins = 2 }))
	id := w.create(t, "", 2, 3, 4)
	require.NoError(t, w.give(t, id, 1, 2, "admin"))
	require.NoError(t, w.give(t, id, 1, 3, "admin"))
	require.ErrorIs(t, w.give(t, id, 1, 4, "admin"), errs.ErrAdminLimitReached)
	require.NoError(t, w.give(t, id, 1, 3, "admin"), "who is one may stay one")
	_, err := w.Transfer(t.Context(), id, 1, 4)
	require.ErrorIs(t, err, errs.ErrAdminLimitReached, "the former owner would be one more")
	_, err = w.Transfer(t.Context(), id, 1, 2)
	require.NoError(t, err)
	require.NoError(t, w.Kick(t.Context(), id, 2, 3))
	require.NoError(t, w.give(t, id, 2, 4, "admin"), "who left is none any more")
}

func TestNicknames(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "", 2, 3, 4)
	require.NoError(t, w.give(t, id, 1, 2, "admin"))
	require.NoError(t, w.give(t, id, 1, 3, "admin"))
	require.NoError(t, w.call(t, id, 4, 4, " Four "))
	require.Equal(t, map[string]any{
		"event": "member.updated", "groupId": id.String(), "operatorId": "4", "userIds": []any{"4"}, "nickname": "Four",
	}, w.last(t, id))
	require.Empty(t, w.chat.Log("g:" + id.String())[3].GetChanges())
	told := len(w.events(t, id))
	require.NoError(t, w.call(t, id, 2, 4, "Four"))
	require.Len(t, w.events(t, id), told, "nothing new, nothing told")
	require.NoError(t, w.call(t, id, 1, 1, "One"), "one's own, whatever the role")
	require.NoError(t, w.call(t, id, 1, 3, "Three"))
	require.NoError(t, w.call(t, id, 3, 3, ""))
	require.ErrorIs(t, w.call(t, id, 2, 3, "x"), errs.ErrForbidden)
	require.ErrorIs(t, w.call(t, id, 2, 1, "x"), errs.ErrForbidden)
	require.ErrorIs(t, w.call(t, id, 4, 3, "x"), errs.ErrNotGroupAdmin)
	for _, bad := range []string{"a\u202eb", strings.Repeat("x", 65), "\u200b"} {
		require.ErrorIs(t, w.call(t, id, 4, 4, bad), errs.ErrInvalidArgument)
	}
	m, err := w.Member(t.Context(), id, 4, 1)
	require.NoError(t, err)
	require.Equal(t, "One", m.Nickname)
	_, err = w.Member(t.Context(), id, 4, 9)
	require.ErrorIs(t, err, errs.ErrUserNotFound)
	_, err = w.Member(t.Context(), id, 9, 4)
	require.ErrorIs(t, err, errs.ErrGroupNotFound)
}

func TestAMemberIsChangedWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "", 2, 3)
	require.NoError(t, w.give(t, id, 1, 2, "admin"))
	role, nickname, until := "admin", "Three", w.in(time.Hour)
	_, err := w.UpdateMember(t.Context(), id, 2, 3, membership.MemberChanges{Role: &role, Nickname: &nickname, MutedUntil: &until})
	require.ErrorIs(t, err, errs.ErrNotGroupOwner)
	require.Len(t, w.events(t, id), 2)
	before, err := w.Member(t.Context(), id, 1, 3)
	require.NoError(t, err)
	require.Empty(t, before.Nickname)
	after, err := w.UpdateMember(t.Context(), id, 1, 3, membership.MemberChanges{Role: &role, Nickname: &nickname, MutedUntil: &until})
	require.NoError(t, err)
	require.Equal(t, store.Admin, after.Role)
	got, err := w.Member(t.Context(), id, 1, 3)
	require.NoError(t, err)
	got.Version = after.Version
	require.Equal(t, after, got)
	var events []any
	for _, e := range w.events(t, id)[2:] {
		events = append(events, e["event"])
	}
	require.Equal(t, []any{"member.role", "member.muted", "member.updated"}, events)
	none, err := w.UpdateMember(t.Context(), id, 3, 1, membership.MemberChanges{})
	require.NoError(t, err, "who asks for nothing needs no right")
	require.EqualValues(t, 1, none.User)
}

func TestTransfer(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "", 2, 3)
	_, err := w.mute(t, id, 1, 2, w.in(time.Hour))
	require.NoError(t, err)
	_, err = w.Transfer(t.Context(), id, 2, 2)
	require.ErrorIs(t, err, errs.ErrNotGroupOwner)
	_, err = w.Transfer(t.Context(), id, 1, 9)
	require.ErrorIs(t, err, errs.ErrUserNotFound)
	g, err := w.Transfer(t.Context(), id, 1, 1)
	require.NoError(t, err)
	require.Equal(t, store.Owner, g.Role)
	require.Len(t, w.events(t, id), 2, "to oneself is nothing new")

	g, err = w.Transfer(t.Context(), id, 1, 2)
	require.NoError(t, err)
	require.EqualValues(t, 2, g.Owner)
	require.Equal(t, store.Admin, g.Role)
	require.Equal(t, map[string]any{
		"event": "group.owner", "groupId": id.String(), "operatorId": "1", "userIds": []any{"2"},
	}, w.last(t, id))
	changes := w.chat.Log("g:" + id.String())[2].GetChanges()
	require.Len(t, changes, 2)
	require.Equal(t, []string{"owner", "admin"}, []string{changes[0].GetRole(), changes[1].GetRole()})
	require.Zero(t, changes[0].GetMutedUntil(), "nobody could unmute an owner")
	require.Equal(t, []model.UserID{2, 1, 3}, w.members(t, id, 3))
	require.NoError(t, w.Leave(t.Context(), id, 1))
	require.ErrorIs(t, w.Leave(t.Context(), id, 2), errs.ErrForbidden)
	require.NoError(t, w.Dismiss(t.Context(), id, 2))
}
