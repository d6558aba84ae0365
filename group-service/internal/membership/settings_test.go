package membership_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/membership"
	"im-backend/group-service/internal/store"
)

// settings are those that the last entry of a group's log carries.
func (w *world) settings(t *testing.T, id model.GroupID) *chatpb.GroupSettings {
	t.Helper()
	require.NoError(t, w.Flush(t.Context(), id))
	log := w.chat.Log("g:" + id.String())
	return log[len(log)-1].GetSettings()
}

// last is the last event of a group's log.
func (w *world) last(t *testing.T, id model.GroupID) map[string]any {
	t.Helper()
	events := w.events(t, id)
	return events[len(events)-1]
}

func requireSettings(t *testing.T, want, got *chatpb.GroupSettings) {
	t.Helper()
	require.True(t, proto.Equal(want, got), "want %v, got %v", want, got)
}

func TestCreateFillsInTheRoles(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	for policy, invite := range map[string]store.Role{
		"open": store.Ordinary, "approval": store.Admin, "invite_only": store.Admin, "": store.Admin,
	} {
		g, err := w.Create(t.Context(), membership.Draft{Owner: 1, Name: "x", JoinPolicy: policy})
		require.NoError(t, err)
		require.Equal(t, []store.Role{invite, store.Admin, store.Admin}, []store.Role{g.InviteRole, g.EditRole, g.MentionAllRole})
	}
	g, err := w.Create(t.Context(), membership.Draft{
		Owner: 1, Name: "x", JoinPolicy: "open", InviteRole: "owner", EditRole: "member", MentionAllRole: "member", SlowModeSeconds: 30,
	})
	require.NoError(t, err)
	require.Equal(t, []store.Role{store.Owner, store.Ordinary, store.Ordinary}, []store.Role{g.InviteRole, g.EditRole, g.MentionAllRole})
	requireSettings(t, &chatpb.GroupSettings{SlowModeSeconds: 30, MentionAllRole: "member"}, w.settings(t, g.ID))
	got, err := w.Get(t.Context(), g.ID, 1)
	require.NoError(t, err)
	require.Equal(t, g.Membership, got, "what was answered is what was stored")
}

func TestSettingsAreToldWholeWithWhatChangesThem(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "", 2)
	requireSettings(t, &chatpb.GroupSettings{MentionAllRole: "admin"}, w.settings(t, id))
	slow, all, edit := int32(10), "owner", "member"
	g, err := w.Update(t.Context(), id, 1, membership.Changes{SlowModeSeconds: &slow, MentionAllRole: &all, EditRole: &edit})
	require.NoError(t, err)
	require.Equal(t, store.Owner, g.MentionAllRole)
	require.Equal(t, map[string]any{
		"event": "group.updated", "groupId": id.String(), "operatorId": "1", "slowModeSeconds": 10.0, "mentionAllRole": "owner",
		"editRole": "member",
	}, w.last(t, id))
	requireSettings(t, &chatpb.GroupSettings{SlowModeSeconds: 10, MentionAllRole: "owner"}, w.settings(t, id))

	name := "by a member, who may"
	_, err = w.Update(t.Context(), id, 2, membership.Changes{Name: &name})
	require.NoError(t, err)
	require.Nil(t, w.settings(t, id), "no setting changed")
	_, err = w.Update(t.Context(), id, 2, membership.Changes{Name: &name, SlowModeSeconds: &slow})
	require.ErrorIs(t, err, errs.ErrNotGroupAdmin, "one thing that may not be done is enough")
}

func TestSettingsAreValidated(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "")
	role, negative, long := "king", int32(-1), int32(86_401)
	for field, bad := range map[string]membership.Changes{
		"inviteRole": {InviteRole: &role}, "editRole": {EditRole: &role}, "mentionAllRole": {MentionAllRole: &role},
		"slowModeSeconds": {SlowModeSeconds: &negative},
	} {
		_, err := w.Update(t.Context(), id, 1, bad)
		require.ErrorIs(t, err, errs.ErrInvalidArgument)
		require.Equal(t, field, errs.From(err).Fields[0].Field)
	}
	_, err := w.Update(t.Context(), id, 1, membership.Changes{SlowModeSeconds: &long})
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
	require.Len(t, w.events(t, id), 1)
}

func TestAnnouncement(t *testing.T) {
	t.Parallel()
	w := newWorld(t, limits)
	id := w.create(t, "", 2)
	g, err := w.Announce(t.Context(), id, 1, "Monday\nat nine")
	require.NoError(t, err)
	require.Equal(t, "Monday\nat nine", g.Announcement)
	require.EqualValues(t, 1, g.AnnouncedBy)
	require.Positive(t, g.AnnouncedAt)
	require.Equal(t, map[string]any{
		"event": "group.updated", "groupId": id.String(), "operatorId": "1", "announcement": "Monday\nat nine",
	}, w.last(t, id))
	again, err := w.Announce(t.Context(), id, 1, "Monday\nat nine")
	require.NoError(t, err)
	require.Equal(t, g, again, "nothing new, nothing told")
	_, err = w.Announce(t.Context(), id, 2, "no")
	require.ErrorIs(t, err, errs.ErrNotGroupAdmin)
	for _, bad := range []string{strings.Repeat("ä", 2001), "a\x00b", "\xff", "\u202etxt"} {
		_, err = w.Announce(t.Context(), id, 1, bad)
		require.ErrorIs(t, err, errs.ErrInvalidArgument)
	}
	_, err = w.Announce(t.Context(), id, 1, strings.Repeat("ä", 2000))
	require.NoError(t, err)
	g, err = w.Announce(t.Context(), id, 1, "")
	require.NoError(t, err)
	require.Empty(t, g.Announcement)
	require.Len(t, w.events(t, id), 4)
}
