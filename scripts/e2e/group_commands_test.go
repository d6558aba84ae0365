package e2e_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
)

// lastEvent is the last system entry of a conversation as one of its members sees it.
func (p *person) lastEvent(conversation string) map[string]any {
	p.t.Helper()
	history := p.history(conversation)
	var event map[string]any
	require.NoError(p.t, json.Unmarshal(history[len(history)-1].Content, &event))
	return event
}

// in is a time from now, as JSON has it.
func in(d time.Duration) int64 { return time.Now().Add(d).UnixMilli() }

func TestSettingsOfAGroup(t *testing.T) {
	t.Parallel()
	p := people(t, 3)
	owner, member, stranger := p[0], p[1], p[2]
	g, id := group(t, owner, member)
	require.Equal(t, imclient.GroupSettings{InviteRole: "admin", EditRole: "admin", MentionAllRole: "admin"}, g.GroupSettings)
	got, err := owner.UpdateGroup(t.Context(), g.GroupID, map[string]any{
		"inviteRole": "member", "editRole": "member", "mentionAllRole": "owner", "slowModeSeconds": 0,
	})
	require.NoError(t, err)
	require.Equal(t, imclient.GroupSettings{InviteRole: "member", EditRole: "member", MentionAllRole: "owner"}, got.GroupSettings)
	require.Equal(t, map[string]any{
		"event": "group.updated", "groupId": g.GroupID, "operatorId": owner.id, "inviteRole": "member", "editRole": "member",
		"mentionAllRole": "owner",
	}, member.lastEvent(id))
	_, err = member.UpdateGroup(t.Context(), g.GroupID, map[string]any{"name": "ours"})
	require.NoError(t, err)
	_, err = member.AddMembers(t.Context(), g.GroupID, stranger.id)
	require.NoError(t, err)
	_, err = member.UpdateGroup(t.Context(), g.GroupID, map[string]any{"slowModeSeconds": 10})
	requireReason(t, err, http.StatusForbidden, "NOT_GROUP_ADMIN")
	_, err = owner.UpdateGroup(t.Context(), g.GroupID, map[string]any{"slowModeSeconds": 86_401})
	requireReason(t, err, http.StatusBadRequest, "INVALID_ARGUMENT")
	_, err = owner.UpdateGroup(t.Context(), g.GroupID, map[string]any{"editRole": "king"})
	requireReason(t, err, http.StatusBadRequest, "INVALID_ARGUMENT")

	require.NoError(t, member.Announce(t.Context(), g.GroupID, "at nine"))
	require.Equal(t, "at nine", owner.lastEvent(id)["announcement"])
	seen, err := owner.Group(t.Context(), g.GroupID)
	require.NoError(t, err)
	require.Equal(t, []string{"ours", "at nine", member.id}, []string{seen.Name, seen.Announcement, seen.AnnouncedBy})
	require.NoError(t, owner.RemoveMember(t.Context(), g.GroupID, stranger.id))
	requireReason(t, stranger.Announce(t.Context(), g.GroupID, "x"), http.StatusNotFound, "GROUP_NOT_FOUND")
}

func TestRolesAndNicknames(t *testing.T) {
	t.Parallel()
	p := people(t, 4)
	owner, admin, member, stranger := p[0], p[1], p[2], p[3]
	g, id := group(t, owner, admin, member)
	give := func(by, user *person, field string, value any) error {
		_, err := by.UpdateMember(t.Context(), g.GroupID, user.id, map[string]any{field: value})
		return err
	}
	require.NoError(t, give(owner, admin, "role", "admin"))
	require.Equal(t, map[string]any{
		"event": "member.role", "groupId": g.GroupID, "operatorId": owner.id, "userIds": []any{admin.id}, "role": "admin",
	}, member.lastEvent(id))
	requireReason(t, give(admin, member, "role", "admin"), http.StatusForbidden, "NOT_GROUP_OWNER")
	requireReason(t, give(owner, stranger, "role", "admin"), http.StatusNotFound, "USER_NOT_FOUND")
	requireReason(t, give(owner, admin, "role", "owner"), http.StatusBadRequest, "INVALID_ARGUMENT")
	requireReason(t, give(stranger, admin, "role", "member"), http.StatusNotFound, "GROUP_NOT_FOUND")

	require.NoError(t, give(member, member, "nickname", "Mem"))
	require.Equal(t, "Mem", owner.lastEvent(id)["nickname"])
	requireReason(t, give(member, admin, "nickname", "x"), http.StatusForbidden, "NOT_GROUP_ADMIN")
	requireReason(t, give(admin, owner, "nickname", "x"), http.StatusForbidden, "FORBIDDEN")
	one, err := owner.Member(t.Context(), g.GroupID, member.id)
	require.NoError(t, err)
	require.Equal(t, []string{"member", "Mem"}, []string{one.Role, one.Nickname})
	_, err = owner.Member(t.Context(), g.GroupID, stranger.id)
	requireReason(t, err, http.StatusNotFound, "USER_NOT_FOUND")
	before := len(owner.history(id))
	require.NoError(t, give(owner, admin, "role", "admin"))
	require.Len(t, owner.history(id), before, "nothing new, nothing told")
}

func TestAGroupIsHandedOver(t *testing.T) {
	t.Parallel()
	p := people(t, 3)
	g, id := group(t, p[0], p[1], p[2])
	requireReason(t, p[1].TransferGroup(t.Context(), g.GroupID, p[1].id), http.StatusForbidden, "NOT_GROUP_OWNER")
	requireReason(t, p[0].TransferGroup(t.Context(), g.GroupID, "99"), http.StatusNotFound, "USER_NOT_FOUND")
	requireReason(t, p[0].TransferGroup(t.Context(), g.GroupID, "x"), http.StatusBadRequest, "INVALID_ARGUMENT")
	require.NoError(t, p[0].TransferGroup(t.Context(), g.GroupID, p[1].id))
	require.Equal(t, map[string]any{
		"event": "group.owner", "groupId": g.GroupID, "operatorId": p[0].id, "userIds": []any{p[1].id},
	}, p[2].lastEvent(id))
	members, err := p[2].Members(t.Context(), g.GroupID, 0, "")
	require.NoError(t, err)
	require.Equal(t, []string{"owner", "admin", "member"}, []string{members.Items[0].Role, members.Items[1].Role, members.Items[2].Role})
	require.Equal(t, p[1].id, members.Items[0].UserID)
	require.NoError(t, p[0].LeaveGroup(t.Context(), g.GroupID), "who is no owner any more may leave")
	require.NoError(t, p[1].DismissGroup(t.Context(), g.GroupID))
}

func TestMutesAreToldAndBounded(t *testing.T) {
	t.Parallel()
	p := people(t, 2)
	owner, member := p[0], p[1]
	g, id := group(t, owner, member)
	mute := func(by, user *person, until int64) error {
		_, err := by.UpdateMember(t.Context(), g.GroupID, user.id, map[string]any{"mutedUntil": until})
		return err
	}
	until := in(time.Hour)
	require.NoError(t, mute(owner, member, until))
	require.Equal(t, map[string]any{
		"event": "member.muted", "groupId": g.GroupID, "operatorId": owner.id, "userIds": []any{member.id}, "mutedUntil": float64(until),
	}, owner.lastEvent(id))
	requireReason(t, mute(member, owner, until), http.StatusForbidden, "NOT_GROUP_ADMIN")
	requireReason(t, mute(owner, owner, until), http.StatusForbidden, "FORBIDDEN")
	requireReason(t, mute(owner, member, in(11*365*24*time.Hour)), http.StatusBadRequest, "INVALID_ARGUMENT")
	require.NoError(t, mute(owner, member, in(-time.Hour)))
	require.EqualValues(t, 0, owner.lastEvent(id)["mutedUntil"])

	require.NoError(t, owner.MuteAll(t.Context(), g.GroupID, until))
	require.EqualValues(t, until, owner.lastEvent(id)["mutedAllUntil"])
	requireReason(t, member.MuteAll(t.Context(), g.GroupID, 0), http.StatusForbidden, "NOT_GROUP_ADMIN")
	seen, err := member.Group(t.Context(), g.GroupID)
	require.NoError(t, err)
	require.Equal(t, until, seen.MutedAllUntil)
	require.NoError(t, owner.MuteAll(t.Context(), g.GroupID, 0))
}

func TestMembersAreFoundAndFollowed(t *testing.T) {
	t.Parallel()
	p := people(t, 4)
	owner, second, third, late := p[0], p[1], p[2], p[3]
	g, _ := group(t, owner, second, third)
	_, err := owner.UpdateMember(t.Context(), g.GroupID, second.id, map[string]any{"nickname": "Ärmel", "role": "admin"})
	require.NoError(t, err)
	find := func(f imclient.MemberFilter) imclient.MemberPage {
		page, err := third.FindMembers(t.Context(), g.GroupID, f, 0, "")
		require.NoError(t, err)
		return page
	}
	for _, f := range []imclient.MemberFilter{{Name: "ÄR"}, {Role: "admin"}} {
		got := find(f)
		require.Len(t, got.Items, 1, "%+v", f)
		require.Equal(t, second.id, got.Items[0].UserID)
	}
	require.Equal(t, third.id, find(imclient.MemberFilter{Name: third.name}).Items[0].UserID, "by the user's own name")
	all := find(imclient.MemberFilter{})
	require.Len(t, all.Items, 3)
	require.Positive(t, all.Version)
	require.NoError(t, owner.RemoveMember(t.Context(), g.GroupID, second.id))
	_, err = owner.AddMembers(t.Context(), g.GroupID, late.id)
	require.NoError(t, err)
	changes := find(imclient.MemberFilter{Since: all.Version})
	require.Equal(t, []string{second.id}, changes.Deleted)
	require.Len(t, changes.Items, 1)
	require.Equal(t, late.id, changes.Items[0].UserID)
	require.False(t, changes.Reset)
	require.True(t, find(imclient.MemberFilter{Since: changes.Version + 100}).Reset)
	for _, bad := range []imclient.MemberFilter{{Role: "king"}, {Since: -1}, {Role: "admin", Name: "x"}} {
		_, err = third.FindMembers(t.Context(), g.GroupID, bad, 0, "")
		requireReason(t, err, http.StatusBadRequest, "INVALID_ARGUMENT")
	}
	_, err = second.FindMembers(t.Context(), g.GroupID, imclient.MemberFilter{Name: "x"}, 0, "")
	requireReason(t, err, http.StatusNotFound, "GROUP_NOT_FOUND")
}

func TestGroupsAreMadeAtABoundedRate(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	var err error
	for made := 0; err == nil; made++ {
		require.LessOrEqual(t, made, 200, "a day's, however slow this machine is")
		_, err = p.CreateGroup(t.Context(), imclient.NewGroup{Name: "one more"})
	}
	requireReason(t, err, http.StatusTooManyRequests, "RATE_LIMITED")
}
