package e2e_test

import (
	"encoding/json"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
	"im-backend/common/utils/wire"
)

// group makes a group of an owner and members and answers its conversation too.
func group(t testing.TB, owner *person, members ...*person) (imclient.Group, string) {
	t.Helper()
	g := imclient.NewGroup{Name: "the group"}
	for _, m := range members {
		g.MemberIDs = append(g.MemberIDs, m.id)
	}
	made, err := owner.CreateGroup(t.Context(), g)
	require.NoError(t, err)
	return made.Group, "g:" + made.GroupID
}

func eventsOf(t testing.TB, messages []wire.Message) []string {
	t.Helper()
	var events []string
	for _, m := range messages {
		var content struct{ Event string }
		if m.Type == "system" {
			require.NoError(t, json.Unmarshal(m.Content, &content))
			events = append(events, content.Event)
		} else {
			events = append(events, m.Type)
		}
	}
	return events
}

func TestAGroupTalks(t *testing.T) {
	t.Parallel()
	p := people(t, 4)
	g, id := group(t, p[0], p[1], p[2])
	require.EqualValues(t, 3, g.MemberCount)
	require.Equal(t, "owner", g.MyRole)
	for _, one := range p[:3] {
		one.say(id, "I am "+one.name)
	}
	m := imclient.Text("may I?")
	m.GroupID = g.GroupID
	_, err := p[3].SendMessage(t.Context(), m)
	requireReason(t, err, http.StatusNotFound, "GROUP_NOT_FOUND")
	_, err = p[3].Group(t.Context(), g.GroupID)
	requireReason(t, err, http.StatusNotFound, "GROUP_NOT_FOUND")
	for _, one := range p[:3] {
		require.Equal(t, []string{"group.created", "text", "text", "text"}, eventsOf(t, one.history(id)))
	}
	members, err := p[1].Members(t.Context(), g.GroupID, 0, "")
	require.NoError(t, err)
	require.Len(t, members.Items, 3)
	require.Equal(t, "owner", members.Items[0].Role)
	mine, err := p[1].Groups(t.Context(), 0, "")
	require.NoError(t, err)
	require.Len(t, mine.Items, 1)
}

func TestMembersSeeExactlyTheirWindows(t *testing.T) {
	t.Parallel()
	p := people(t, 3)
	owner, member, late := p[0], p[1], p[2]
	g, id := group(t, owner, member)
	owner.say(id, "before")
	added, err := owner.AddMembers(t.Context(), g.GroupID, late.id, member.id, "99")
	require.NoError(t, err)
	require.Equal(t, []string{late.id}, added.Added)
	require.Len(t, added.Failed, 2)
	owner.say(id, "together")
	require.NoError(t, owner.RemoveMember(t.Context(), g.GroupID, member.id))
	owner.say(id, "without the member")

	require.Equal(t, []string{"member.joined", "text", "member.kicked", "text"}, eventsOf(t, late.history(id)))
	require.Equal(t, []string{"group.created", "text", "member.joined", "text", "member.kicked"}, eventsOf(t, member.history(id)))
	m := imclient.Text("hello?")
	m.ConversationID = id
	_, err = member.SendMessage(t.Context(), m)
	requireReason(t, err, http.StatusForbidden, "NOT_GROUP_MEMBER")
	c, err := member.Conversation(t.Context(), id)
	require.NoError(t, err)
	require.EqualValues(t, 5, c.MaxSeq, "the window ends with the kick")

	_, err = owner.AddMembers(t.Context(), g.GroupID, member.id)
	require.NoError(t, err)
	owner.say(id, "welcome back")
	require.Equal(t, []string{"group.created", "text", "member.joined", "text", "member.kicked", "member.joined", "text"},
		eventsOf(t, member.history(id)), "the old window stays readable, what was between does not show")
}

func TestLeavingAndDismissing(t *testing.T) {
	t.Parallel()
	p := people(t, 3)
	g, id := group(t, p[0], p[1], p[2])
	requireReason(t, p[0].LeaveGroup(t.Context(), g.GroupID), http.StatusForbidden, "FORBIDDEN")
	require.NoError(t, p[1].LeaveGroup(t.Context(), g.GroupID))
	requireReason(t, p[2].RemoveMember(t.Context(), g.GroupID, p[0].id), http.StatusForbidden, "NOT_GROUP_ADMIN")
	requireReason(t, p[2].DismissGroup(t.Context(), g.GroupID), http.StatusForbidden, "NOT_GROUP_OWNER")
	require.NoError(t, p[0].DismissGroup(t.Context(), g.GroupID))
	m := imclient.Text("anybody?")
	m.ConversationID = id
	_, err := p[0].SendMessage(t.Context(), m)
	requireReason(t, err, http.StatusNotFound, "GROUP_NOT_FOUND")
	require.Equal(t, []string{"group.created", "member.left", "group.dismissed"}, eventsOf(t, p[2].history(id)))
	require.Equal(t, []string{"group.created", "member.left"}, eventsOf(t, p[1].history(id)))
	mine, err := p[2].Groups(t.Context(), 0, "")
	require.NoError(t, err)
	require.Empty(t, mine.Items)
}
