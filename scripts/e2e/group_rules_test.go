package e2e_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
)

// TestWhoBlocksSomebodyIsNotPutIntoItsGroups: not by making one and not by adding; an invite and a request are one's own choice.
func TestWhoBlocksSomebodyIsNotPutIntoItsGroups(t *testing.T) {
	t.Parallel()
	p := people(t, 3)
	blocker, blocked, other := p[0], p[1], p[2]
	require.NoError(t, blocker.Block(t.Context(), blocked.id))
	g, err := blocked.CreateGroup(t.Context(), imclient.NewGroup{Name: "trap", MemberIDs: []string{blocker.id, other.id}})
	require.NoError(t, err)
	refused := []imclient.AddFailure{{UserID: blocker.id, Reason: "FORBIDDEN"}}
	require.Equal(t, refused, g.Failed)
	require.EqualValues(t, 2, g.MemberCount)
	added, err := blocked.AddMembers(t.Context(), g.GroupID, blocker.id)
	require.NoError(t, err)
	require.Equal(t, imclient.Added{Added: []string{}, Failed: refused}, added)
	blocked.say("g:"+g.GroupID, "can you hear me?")
	_, err = blocker.Group(t.Context(), g.GroupID)
	requireReason(t, err, http.StatusNotFound, "GROUP_NOT_FOUND")

	invite, err := blocked.CreateInvite(t.Context(), g.GroupID, 0, 0)
	require.NoError(t, err)
	_, err = blocker.JoinByInvite(t.Context(), invite.Code)
	require.NoError(t, err)
	require.NoError(t, blocker.LeaveGroup(t.Context(), g.GroupID))
	require.NoError(t, blocker.Unblock(t.Context(), blocked.id))
	added, err = blocked.AddMembers(t.Context(), g.GroupID, blocker.id)
	require.NoError(t, err)
	require.Equal(t, []string{blocker.id}, added.Added)
}

// TestCommandsOnGroupsMayBeRepeated: the answer to the first may have been lost.
func TestCommandsOnGroupsMayBeRepeated(t *testing.T) {
	t.Parallel()
	p := people(t, 5)
	owner, second, kicked, left, stranger := p[0], p[1], p[2], p[3], p[4]
	g, id := group(t, owner, second, kicked, left)
	twice := func(command func() error) {
		t.Helper()
		require.NoError(t, command())
		told := len(second.history(id))
		require.NoError(t, command())
		require.Len(t, second.history(id), told, "a repeat tells nothing")
	}
	twice(func() error { return owner.RemoveMember(t.Context(), g.GroupID, kicked.id) })
	twice(func() error { return left.LeaveGroup(t.Context(), g.GroupID) })
	twice(func() error {
		_, err := owner.UpdateMember(t.Context(), g.GroupID, second.id, map[string]any{"role": "admin"})
		return err
	})
	twice(func() error { return owner.TransferGroup(t.Context(), g.GroupID, second.id) })
	requireReason(t, owner.RemoveMember(t.Context(), g.GroupID, stranger.id), http.StatusNotFound, "USER_NOT_FOUND")
	requireReason(t, stranger.LeaveGroup(t.Context(), g.GroupID), http.StatusNotFound, "GROUP_NOT_FOUND")
	requireReason(t, owner.DismissGroup(t.Context(), g.GroupID), http.StatusForbidden, "NOT_GROUP_OWNER")
	twice(func() error { return second.DismissGroup(t.Context(), g.GroupID) })
	requireReason(t, owner.DismissGroup(t.Context(), g.GroupID), http.StatusNotFound, "GROUP_NOT_FOUND")
	requireReason(t, stranger.DismissGroup(t.Context(), g.GroupID), http.StatusNotFound, "GROUP_NOT_FOUND")
}

// TestWhoIsMutedIsNotHeardByAnyWay: neither by the names that others are shown, nor by what was said before.
func TestWhoIsMutedIsNotHeardByAnyWay(t *testing.T) {
	t.Parallel()
	p := people(t, 2)
	owner, member := p[0], p[1]
	g, id := group(t, owner, member)
	got, err := owner.UpdateGroup(t.Context(), g.GroupID, map[string]any{"editRole": "member", "announcement": "at nine"})
	require.NoError(t, err)
	require.Equal(t, []string{"at nine", owner.id}, []string{got.Announcement, got.AnnouncedBy})
	require.Equal(t, "at nine", member.lastEvent(id)["announcement"])
	said := member.say(id, "before")
	_, err = owner.UpdateMember(t.Context(), g.GroupID, member.id, map[string]any{"mutedUntil": in(time.Hour)})
	require.NoError(t, err)

	_, err = member.UpdateMember(t.Context(), g.GroupID, member.id, map[string]any{"nickname": "hear me"})
	requireReason(t, err, http.StatusForbidden, "MUTED")
	_, err = member.UpdateGroup(t.Context(), g.GroupID, map[string]any{"name": "hear me"})
	requireReason(t, err, http.StatusForbidden, "MUTED")
	requireReason(t, member.Announce(t.Context(), g.GroupID, "hear me"), http.StatusForbidden, "MUTED")
	_, err = member.Edit(t.Context(), id, said.Seq, map[string]any{"text": "hear me"})
	requireReason(t, err, http.StatusForbidden, "MUTED")
	require.Equal(t, []string{"group.created", "group.updated", "text", "member.muted"}, eventsOf(t, owner.history(id)))
}

func TestSlowModeBoundsEditsToo(t *testing.T) {
	t.Parallel()
	p := people(t, 2)
	g, id := group(t, p[0], p[1])
	old := p[1].say(id, "one")
	said := p[1].say(id, "two")
	_, err := p[0].UpdateGroup(t.Context(), g.GroupID, map[string]any{"slowModeSeconds": 3600})
	require.NoError(t, err)
	edit := func(seq int64, text string) error {
		_, err := p[1].Edit(t.Context(), id, seq, map[string]any{"text": text})
		return err
	}
	requireReason(t, edit(old.Seq, "more"), http.StatusTooManyRequests, "RATE_LIMITED")
	require.NoError(t, edit(said.Seq, "two!"), "a slip may be mended")
	refused := requireReason(t, edit(said.Seq, "and more"), http.StatusTooManyRequests, "RATE_LIMITED")
	require.Positive(t, refused.RetryAfter)
}
