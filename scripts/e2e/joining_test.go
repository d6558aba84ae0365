package e2e_test

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
)

// groupOf makes a group with a join policy.
func groupOf(t testing.TB, policy string, owner *person, members ...*person) (groupID, conversation string) {
	t.Helper()
	g := imclient.NewGroup{Name: "the group", JoinPolicy: policy}
	for _, m := range members {
		g.MemberIDs = append(g.MemberIDs, m.id)
	}
	made, err := owner.CreateGroup(t.Context(), g)
	require.NoError(t, err)
	return made.GroupID, "g:" + made.GroupID
}

// notice is what a notification says of a request to join.
type notice struct {
	Event, GroupID, RequestID, UserID, Message, Status, OperatorID string
}

// notices reads a person's notifications about requests to join.
func (p *person) notices() []notice {
	p.t.Helper()
	var out []notice
	for _, m := range p.history("n:" + p.id) {
		var n notice
		require.NoError(p.t, json.Unmarshal(m.Content, &n))
		if n.Event == "group.join_request" {
			out = append(out, n)
		}
	}
	return out
}

func TestJoiningByThePolicyOfAGroup(t *testing.T) {
	t.Parallel()
	p := people(t, 3)
	open, conversation := groupOf(t, "open", p[0])
	joined, err := p[1].JoinGroup(t.Context(), open, "")
	require.NoError(t, err)
	require.Equal(t, "member", joined.Group.MyRole)
	require.EqualValues(t, 2, joined.Group.MemberCount)
	p[1].say(conversation, "I am in")
	require.Equal(t, []string{"group.created", "member.joined", "text"}, eventsOf(t, p[0].history(conversation)))
	_, err = p[1].JoinGroup(t.Context(), open, "")
	requireReason(t, err, http.StatusConflict, "ALREADY_MEMBER")

	closed, _ := groupOf(t, "invite_only", p[0])
	_, err = p[1].JoinGroup(t.Context(), closed, "")
	requireReason(t, err, http.StatusForbidden, "FORBIDDEN")
	for _, unknown := range []string{"1", "x"} {
		_, err = p[1].JoinGroup(t.Context(), unknown, "")
		requireReason(t, err, http.StatusNotFound, "GROUP_NOT_FOUND")
	}
	require.NoError(t, p[0].DismissGroup(t.Context(), open))
	_, err = p[2].JoinGroup(t.Context(), open, "")
	requireReason(t, err, http.StatusNotFound, "GROUP_NOT_FOUND")
}

func TestARequestToJoinIsAnswered(t *testing.T) {
	t.Parallel()
	p := people(t, 4)
	owner, member, first, second := p[0], p[1], p[2], p[3]
	id, conversation := groupOf(t, "approval", owner, member)
	asked, err := first.JoinGroup(t.Context(), id, "let me in")
	require.NoError(t, err)
	require.Nil(t, asked.Group)
	require.Equal(t, "pending", asked.Request.Status)
	again, err := first.JoinGroup(t.Context(), id, "please")
	require.NoError(t, err)
	require.Equal(t, asked.Request, again.Request)
	other, err := second.JoinGroup(t.Context(), id, "")
	require.NoError(t, err)
	require.Len(t, owner.notices(), 2)
	require.Equal(t, notice{
		Event: "group.join_request", GroupID: id, RequestID: asked.Request.RequestID, UserID: first.id, Message: "let me in", Status: "pending",
	}, owner.notices()[0])

	for _, who := range []struct {
		*person
		status int
		reason string
	}{{member, http.StatusForbidden, "NOT_GROUP_ADMIN"}, {first, http.StatusNotFound, "GROUP_NOT_FOUND"}} {
		_, err = who.JoinRequests(t.Context(), id, "", 0, "")
		requireReason(t, err, who.status, who.reason)
		_, err = who.AcceptJoin(t.Context(), id, asked.Request.RequestID)
		requireReason(t, err, who.status, who.reason)
		_, err = who.RejectJoin(t.Context(), id, asked.Request.RequestID)
		requireReason(t, err, who.status, who.reason)
	}
	list, err := owner.JoinRequests(t.Context(), id, "pending", 0, "")
	require.NoError(t, err)
	require.Equal(t, []imclient.JoinRequest{*other.Request, *asked.Request}, list.Items)
	_, err = owner.JoinRequests(t.Context(), id, "lost", 0, "")
	requireReason(t, err, http.StatusBadRequest, "INVALID_ARGUMENT")

	accepted, err := owner.AcceptJoin(t.Context(), id, asked.Request.RequestID)
	require.NoError(t, err)
	require.Equal(t, []string{"accepted", owner.id}, []string{accepted.Status, accepted.HandledBy})
	first.say(conversation, "thank you")
	rejected, err := owner.RejectJoin(t.Context(), id, other.Request.RequestID)
	require.NoError(t, err)
	require.Equal(t, "rejected", rejected.Status)
	_, err = owner.AcceptJoin(t.Context(), id, other.Request.RequestID)
	requireReason(t, err, http.StatusConflict, "REQUEST_ALREADY_HANDLED")
	_, err = owner.AcceptJoin(t.Context(), id, "1")
	requireReason(t, err, http.StatusNotFound, "REQUEST_NOT_FOUND")
	for who, status := range map[*person]string{first: "accepted", second: "rejected"} {
		told := who.notices()
		require.Len(t, told, 1)
		require.Equal(t, []string{status, owner.id}, []string{told[0].Status, told[0].OperatorID})
	}
	require.Equal(t, []string{"group.created", "member.joined", "text"}, eventsOf(t, owner.history(conversation)))
}

func TestInvitesOverHTTP(t *testing.T) {
	t.Parallel()
	p := people(t, 5)
	owner, member := p[0], p[1]
	id, conversation := groupOf(t, "invite_only", owner, member)
	_, err := member.CreateInvite(t.Context(), id, 0, 0)
	requireReason(t, err, http.StatusForbidden, "NOT_GROUP_ADMIN")
	_, err = p[2].CreateInvite(t.Context(), id, 0, 0)
	requireReason(t, err, http.StatusNotFound, "GROUP_NOT_FOUND")
	_, err = owner.CreateInvite(t.Context(), id, 31*24*time.Hour, 0)
	requireReason(t, err, http.StatusBadRequest, "INVALID_ARGUMENT")
	made, err := owner.CreateInvite(t.Context(), id, time.Hour, 1)
	require.NoError(t, err)
	require.NotEmpty(t, made.Code)

	shown, err := p[2].InvitedTo(t.Context(), made.Code)
	require.NoError(t, err)
	require.Equal(t, imclient.InvitedGroup{GroupID: id, Name: "the group", MemberCount: 2, ExpiresAt: made.ExpiresAt}, shown)
	_, err = member.JoinByInvite(t.Context(), made.Code)
	requireReason(t, err, http.StatusConflict, "ALREADY_MEMBER")
	joined, err := p[2].JoinByInvite(t.Context(), made.Code)
	require.NoError(t, err)
	require.Equal(t, []string{id, "member"}, []string{joined.GroupID, joined.MyRole})
	p[2].say(conversation, "hello")
	_, err = p[3].JoinByInvite(t.Context(), made.Code)
	requireReason(t, err, http.StatusNotFound, "NOT_FOUND")

	second, err := owner.CreateInvite(t.Context(), id, 0, 0)
	require.NoError(t, err)
	list, err := owner.Invites(t.Context(), id, 0, "")
	require.NoError(t, err)
	require.Len(t, list.Items, 1)
	require.Equal(t, second.InviteID, list.Items[0].InviteID)
	require.Empty(t, list.Items[0].Code)
	_, err = member.Invites(t.Context(), id, 0, "")
	requireReason(t, err, http.StatusForbidden, "NOT_GROUP_ADMIN")
	requireReason(t, member.DeleteInvite(t.Context(), id, second.InviteID), http.StatusForbidden, "NOT_GROUP_ADMIN")
	requireReason(t, owner.DeleteInvite(t.Context(), id, "1"), http.StatusNotFound, "NOT_FOUND")
	require.NoError(t, owner.DeleteInvite(t.Context(), id, second.InviteID))
	_, err = p[3].InvitedTo(t.Context(), second.Code)
	requireReason(t, err, http.StatusNotFound, "NOT_FOUND")
	_, err = p[3].JoinByInvite(t.Context(), second.Code)
	requireReason(t, err, http.StatusNotFound, "NOT_FOUND")
}

func TestABannedUserCannotRejoin(t *testing.T) {
	t.Parallel()
	p := people(t, 3)
	owner, member, other := p[0], p[1], p[2]
	id, conversation := groupOf(t, "open", owner, member, other)
	made, err := owner.CreateInvite(t.Context(), id, 0, 0)
	require.NoError(t, err)
	requireReason(t, other.BanUser(t.Context(), id, member.id), http.StatusForbidden, "NOT_GROUP_ADMIN")
	requireReason(t, owner.BanUser(t.Context(), id, owner.id), http.StatusForbidden, "FORBIDDEN")
	requireReason(t, owner.BanUser(t.Context(), id, "1"), http.StatusNotFound, "USER_NOT_FOUND")
	require.NoError(t, owner.BanUser(t.Context(), id, member.id))
	owner.say(conversation, "quiet now")
	require.Equal(t, []string{"group.created", "member.kicked"}, eventsOf(t, member.history(conversation)))
	_, err = member.JoinGroup(t.Context(), id, "")
	requireReason(t, err, http.StatusForbidden, "FORBIDDEN")
	_, err = member.JoinByInvite(t.Context(), made.Code)
	requireReason(t, err, http.StatusForbidden, "FORBIDDEN")
	added, err := owner.AddMembers(t.Context(), id, member.id)
	require.NoError(t, err)
	require.Len(t, added.Failed, 1)
	require.Equal(t, "FORBIDDEN", added.Failed[0].Reason)
	bans, err := owner.Bans(t.Context(), id, 0, "")
	require.NoError(t, err)
	require.Len(t, bans.Items, 1)
	require.Equal(t, []string{member.id, owner.id}, []string{bans.Items[0].UserID, bans.Items[0].BannedBy})
	_, err = other.Bans(t.Context(), id, 0, "")
	requireReason(t, err, http.StatusForbidden, "NOT_GROUP_ADMIN")
	requireReason(t, other.UnbanUser(t.Context(), id, member.id), http.StatusForbidden, "NOT_GROUP_ADMIN")
	require.NoError(t, owner.UnbanUser(t.Context(), id, member.id))
	_, err = member.JoinGroup(t.Context(), id, "")
	require.NoError(t, err)
}
