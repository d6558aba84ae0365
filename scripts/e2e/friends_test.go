package e2e_test

import (
	"context"
	"net/http"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
)

func TestFriendRequestsAreAcceptedRejectedAndListed(t *testing.T) {
	t.Parallel()
	a, b, c := newPerson(t), newPerson(t), newPerson(t)
	request, err := a.AddFriend(t.Context(), b.id, "it is me")
	require.NoError(t, err)
	require.Equal(t, "pending", request.Status)
	again, err := a.AddFriend(t.Context(), b.id, "it is me")
	require.NoError(t, err)
	require.Equal(t, request.RequestID, again.RequestID, "repeating a pending request answers the same one")

	incoming, err := b.FriendRequests(t.Context(), "incoming", "pending", 0, "")
	require.NoError(t, err)
	require.Len(t, incoming.Items, 1)
	require.Equal(t, "it is me", incoming.Items[0].Message)
	_, err = c.AcceptFriend(t.Context(), request.RequestID, "")
	requireReason(t, err, http.StatusNotFound, "REQUEST_NOT_FOUND")
	_, err = a.AcceptFriend(t.Context(), request.RequestID, "")
	requireReason(t, err, http.StatusNotFound, "REQUEST_NOT_FOUND")

	accepted, err := b.AcceptFriend(t.Context(), request.RequestID, "an old friend")
	require.NoError(t, err)
	require.Equal(t, "accepted", accepted.Status)
	repeated, err := b.AcceptFriend(t.Context(), request.RequestID, "")
	require.NoError(t, err, "the first answer may have been lost")
	require.Equal(t, accepted, repeated)
	_, err = b.RejectFriend(t.Context(), request.RequestID)
	requireReason(t, err, http.StatusConflict, "REQUEST_ALREADY_HANDLED")
	_, err = a.AddFriend(t.Context(), b.id, "")
	requireReason(t, err, http.StatusConflict, "ALREADY_FRIENDS")
	for _, p := range []*person{a, b} {
		list, err := p.Friends(t.Context(), 0, 0, "")
		require.NoError(t, err)
		require.Len(t, list.Items, 1)
	}

	refused, err := c.AddFriend(t.Context(), a.id, "")
	require.NoError(t, err)
	rejected, err := a.RejectFriend(t.Context(), refused.RequestID)
	require.NoError(t, err)
	require.Equal(t, "rejected", rejected.Status)
	repeated, err = a.RejectFriend(t.Context(), refused.RequestID)
	require.NoError(t, err)
	require.Equal(t, rejected, repeated)
	withdrawn, err := c.AddFriend(t.Context(), b.id, "")
	require.NoError(t, err)
	cancelled, err := c.CancelFriend(t.Context(), withdrawn.RequestID)
	require.NoError(t, err)
	repeated, err = c.CancelFriend(t.Context(), withdrawn.RequestID)
	require.NoError(t, err)
	require.Equal(t, cancelled, repeated)
	_, err = a.AddFriend(t.Context(), "99", "")
	requireReason(t, err, http.StatusNotFound, "USER_NOT_FOUND")
	_, err = a.AddFriend(t.Context(), a.id, "")
	requireReason(t, err, http.StatusBadRequest, "INVALID_ARGUMENT")
}

func TestCrossingRequestsMakeOneFriendship(t *testing.T) {
	t.Parallel()
	a, b := newPerson(t), newPerson(t)
	var wg sync.WaitGroup
	for range 5 {
		wg.Go(func() { _, _ = a.AddFriend(t.Context(), b.id, "") })
		wg.Go(func() { _, _ = b.AddFriend(t.Context(), a.id, "") })
	}
	wg.Wait()
	for _, p := range []*person{a, b} {
		list, err := p.Friends(t.Context(), 0, 0, "")
		require.NoError(t, err)
		require.Len(t, list.Items, 1)
	}
	added := 0
	for _, m := range a.history(single(a, b)) {
		require.Equal(t, "system", m.Type)
		added++
	}
	require.Equal(t, 1, added, "one friend.added entry")
}

func TestOnlyFriendsMayWrite(t *testing.T) {
	t.Parallel()
	a, b := newPerson(t), newPerson(t)
	m := imclient.Text("hello")
	m.ToUserID = b.id
	_, err := a.SendMessage(t.Context(), m)
	requireReason(t, err, http.StatusForbidden, "NOT_FRIENDS")
	m.ToUserID = "99"
	_, err = a.SendMessage(t.Context(), m)
	requireReason(t, err, http.StatusNotFound, "USER_NOT_FOUND")

	befriend(t, a, b)
	a.say(single(a, b), "now it works")
	require.NoError(t, b.DeleteFriend(t.Context(), a.id))
	m.ToUserID = b.id
	_, err = a.SendMessage(t.Context(), m)
	requireReason(t, err, http.StatusForbidden, "NOT_FRIENDS")
	require.NotEmpty(t, a.history(single(a, b)), "the history stays readable")
	require.NoError(t, b.DeleteFriend(t.Context(), a.id), "repeating is no error")
}

func TestNothingOfABlockedUserIsAccepted(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	id := single(a, b)
	stop := make(chan struct{})
	var sending sync.WaitGroup
	for range 4 {
		sending.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				m := imclient.Text("hello")
				m.ConversationID = id
				if _, err := b.SendMessage(t.Context(), m); err != nil {
					require.Equal(t, "BLOCKED", imclient.Reason(err))
				}
			}
		})
	}
	eventually(t, "some messages", func(context.Context) bool { return len(a.history(id)) > 10 })
	require.NoError(t, a.Block(t.Context(), b.id))
	atBlock, err := a.Conversation(t.Context(), id)
	require.NoError(t, err)
	after := len(a.history(id))
	close(stop)
	sending.Wait()
	require.Len(t, a.history(id), after, "nothing after the answer to the block")
	require.EqualValues(t, after, atBlock.MaxSeq)

	m := imclient.Text("hello")
	m.ConversationID = id
	_, err = b.SendMessage(t.Context(), m)
	requireReason(t, err, http.StatusForbidden, "BLOCKED")
	_, err = b.AddFriend(t.Context(), a.id, "")
	require.Error(t, err)
	blocks, err := a.Blocks(t.Context(), 0, "")
	require.NoError(t, err)
	require.Len(t, blocks.Items, 1)
	require.NoError(t, a.Unblock(t.Context(), b.id))
	b.say(id, "back again")
}
