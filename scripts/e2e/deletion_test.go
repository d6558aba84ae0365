package e2e_test

import (
	"context"
	"net/http"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
)

// changes is what a person's friend list says of the time since a version.
func (p *person) changes(ctx context.Context, since int64) imclient.FriendPage {
	p.t.Helper()
	page, err := p.Friends(ctx, since, 0, "")
	require.NoError(p.t, err)
	return page
}

// partedFrom waits until a person has lost a friend: the list says so, and what it writes is refused.
func (p *person) partedFrom(gone *person, since int64) {
	p.t.Helper()
	eventually(p.t, "the friend is gone from the list", func(ctx context.Context) bool {
		return slices.Contains(p.changes(ctx, since).Deleted, gone.id)
	})
	var err error
	eventually(p.t, "a message is refused", func(ctx context.Context) bool {
		m := imclient.Text("are you there?") // another one each time: one that was stored is not refused any more
		m.ConversationID = single(p, gone)
		_, err = p.SendMessage(ctx, m)
		return err != nil
	})
	requireReason(p.t, err, http.StatusForbidden, "NOT_FRIENDS")
}

func TestADeletedAccountIsNobodysFriend(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	asked, asking := newPerson(t), newPerson(t)
	made, err := a.AddFriend(t.Context(), asked.id, "")
	require.NoError(t, err)
	_, err = asking.AddFriend(t.Context(), a.id, "")
	require.NoError(t, err)
	require.NoError(t, b.Block(t.Context(), a.id))
	require.NoError(t, b.Unblock(t.Context(), a.id))
	blocking := newPerson(t)
	require.NoError(t, blocking.Block(t.Context(), a.id))
	before := b.changes(t.Context(), 0)
	require.Len(t, before.Items, 1)

	require.NoError(t, a.DeleteAccount(t.Context(), password))
	b.partedFrom(a, before.Version)
	require.Empty(t, b.changes(t.Context(), 0).Items)
	eventually(t, "the requests are closed", func(ctx context.Context) bool {
		cancelled, err := asked.FriendRequests(ctx, "incoming", "cancelled", 0, "")
		require.NoError(t, err)
		expired, err := asking.FriendRequests(ctx, "outgoing", "expired", 0, "")
		require.NoError(t, err)
		return len(cancelled.Items) == 1 && len(expired.Items) == 1
	})
	_, err = asked.AcceptFriend(t.Context(), made.RequestID, "")
	requireReason(t, err, http.StatusConflict, "REQUEST_ALREADY_HANDLED")
	_, err = b.AddFriend(t.Context(), a.id, "")
	requireReason(t, err, http.StatusNotFound, "USER_NOT_FOUND")
	require.NoError(t, blocking.Block(t.Context(), a.id), "a block may be repeated")
	requireReason(t, b.Block(t.Context(), a.id), http.StatusNotFound, "USER_NOT_FOUND")
	require.NoError(t, blocking.Unblock(t.Context(), a.id))
}

// TestADeletionIsToldToWhoWasAway stops friend-service for the deletion, and kills user-service before friend-service is back.
func TestADeletionIsToldToWhoWasAway(t *testing.T) {
	t.Parallel()
	s := ownSystem(t, nil)
	a, b := newPersonOn(t, s), newPersonOn(t, s)
	befriend(t, a, b)
	before := b.changes(t.Context(), 0)
	require.NoError(t, s.StopFriend(t.Context()))
	require.NoError(t, a.DeleteAccount(t.Context(), password))
	require.NoError(t, s.KillUser())
	require.NoError(t, s.StartUser(t.Context()))
	require.NoError(t, s.StartFriend(t.Context()))
	eventually(t, "friend-service is found again", func(ctx context.Context) bool {
		_, err := b.Friends(ctx, before.Version, 0, "")
		return err == nil
	})
	b.partedFrom(a, before.Version)
}

func TestADeletionIsToldAfterAKill(t *testing.T) {
	t.Parallel()
	i := newIMD(t)
	i.start()
	b := i.newPerson()
	gone := []*person{i.newPerson(), i.newPerson(), i.newPerson()}
	for _, a := range gone {
		befriend(t, a, b)
	}
	before := b.changes(t.Context(), 0)
	for _, a := range gone {
		require.NoError(t, a.DeleteAccount(t.Context(), password))
	}
	i.kill()
	i.start()
	i.login(b)
	for _, a := range gone {
		b.partedFrom(a, before.Version)
	}
}
