package friendship_test

import (
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/friend-service/internal/friendship"
	"im-backend/friend-service/internal/store"
)

func TestRequestAndAcceptMakeBothFriends(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	asked, err := w.Ask(t.Context(), 20, 10, "it's <me>")
	require.NoError(t, err)
	require.Equal(t, store.Pending, asked.Status)
	require.Zero(t, asked.HandledAt)
	id := strconv.FormatInt(asked.ID, 10)
	require.Equal(t, []map[string]any{
		{"event": "friend.request", "requestId": id, "fromUserId": "20", "message": "it's <me>"},
	}, w.events(t, "n:10"))

	accepted, err := w.Accept(t.Context(), 10, asked.ID, "tall one")
	require.NoError(t, err)
	require.Equal(t, store.Accepted, accepted.Status)
	require.NotZero(t, accepted.HandledAt)
	require.Equal(t, []model.UserID{20}, w.friends(t, 10))
	require.Equal(t, []model.UserID{10}, w.friends(t, 20))
	require.True(t, w.chat.Relation(10, 20).GetFriends())
	require.Equal(t, []map[string]any{{"event": "friend.added", "userIds": []any{"10", "20"}}}, w.events(t, "s:10:20"))
	require.Equal(t, []map[string]any{
		{"event": "friend.accepted", "requestId": id, "userId": "10", "message": "it's <me>"},
	}, w.events(t, "n:20"))
	list, err := w.List(t.Context(), friendship.FriendList{User: 10})
	require.NoError(t, err)
	require.Equal(t, "tall one", list.Friends[0].Remark)
}

func TestRelationComesBeforeTheEntries(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var calls []string
	w.chat.Fail(func(call string) error { calls = append(calls, call); return nil })
	w.befriend(t, 1, 2)
	require.Len(t, calls, 4)
	require.Contains(t, calls[0], "friend.request")
	require.Equal(t, "relation", calls[1])
	require.Contains(t, calls[2], "friend.added")
	require.Contains(t, calls[3], "friend.accepted")
}

func TestRequestIsValidated(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, to := range []model.UserID{1, 0, -5} {
		_, err := w.Ask(t.Context(), 1, to, "")
		require.ErrorIs(t, err, errs.ErrInvalidArgument)
		require.Equal(t, "toUserId", errs.From(err).Fields[0].Field)
	}
	_, err := w.Ask(t.Context(), 1, 2, strings.Repeat("ä", 201))
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
	_, err = w.Ask(t.Context(), 1, 2, strings.Repeat("ä", 200))
	require.NoError(t, err)
	_, err = w.Ask(t.Context(), 1, stranger, "")
	require.ErrorIs(t, err, errs.ErrUserNotFound)
	_, err = w.Accept(t.Context(), 2, 1, strings.Repeat("x", 65))
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
}

func TestRepeatedRequestAnswersTheSame(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first, err := w.Ask(t.Context(), 1, 2, "one")
	require.NoError(t, err)
	again, err := w.Ask(t.Context(), 1, 2, "two")
	require.NoError(t, err)
	require.Equal(t, first, again)
	require.Len(t, w.events(t, "n:2"), 1)
}

func TestCrossingRequestsBecomeAFriendship(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first, err := w.Ask(t.Context(), 1, 2, "")
	require.NoError(t, err)
	second, err := w.Ask(t.Context(), 2, 1, "")
	require.NoError(t, err)
	require.Equal(t, store.Accepted, second.Status)
	require.Equal(t, first.ID, second.ID)
	require.Equal(t, []model.UserID{2}, w.friends(t, 1))
	_, err = w.Ask(t.Context(), 2, 1, "")
	require.ErrorIs(t, err, errs.ErrAlreadyFriends)
}

func TestAFriendshipThatEndedIsNotAcceptedOnceMore(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	crossed, err := w.Ask(t.Context(), 1, 2, "")
	require.NoError(t, err)
	_, err = w.Ask(t.Context(), 2, 1, "")
	require.NoError(t, err)
	w.chat.Fail(down)
	waiting, err := w.Ask(t.Context(), 3, 2, "")
	require.NoError(t, err)
	_, err = w.Accept(t.Context(), 2, waiting.ID, "")
	require.ErrorIs(t, err, errs.ErrUnavailable)
	w.chat.Fail(nil)
	for _, r := range []store.Request{crossed, waiting} {
		_, err = w.Accept(t.Context(), 2, r.ID, "")
		require.NoError(t, err, "the friendship stands: the answer was lost")
		require.NoError(t, w.Unfriend(t.Context(), r.From, 2))
		_, err = w.Accept(t.Context(), 2, r.ID, "")
		require.ErrorIs(t, err, errs.ErrRequestAlreadyHandled)
	}

	crossed, err = w.Ask(t.Context(), 1, 2, "")
	require.NoError(t, err)
	_, err = w.Ask(t.Context(), 2, 1, "")
	require.NoError(t, err)
	require.NoError(t, w.Unfriend(t.Context(), 1, 2))
	_, err = w.Accept(t.Context(), 2, crossed.ID, "")
	require.ErrorIs(t, err, errs.ErrRequestAlreadyHandled, "nobody was told that the two are friends again: they are not")
	require.Empty(t, w.friends(t, 2))
}

func TestRacingRequestsMakeOneFriendship(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var wg sync.WaitGroup
	for i := range 10 {
		wg.Go(func() { _, _ = w.Ask(t.Context(), model.UserID(1+i%2), model.UserID(2-i%2), "") })
	}
	wg.Wait()
	require.Equal(t, []model.UserID{2}, w.friends(t, 1))
	require.Equal(t, []model.UserID{1}, w.friends(t, 2))
	require.Len(t, w.events(t, "s:1:2"), 1)
}

func TestOnlyTheRightUserHandlesARequestAndOnlyOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ask := func() int64 {
		r, err := w.Ask(t.Context(), 1, 2, "")
		require.NoError(t, err)
		return r.ID
	}
	accept := func(user model.UserID, id int64) error { _, err := w.Accept(t.Context(), user, id, ""); return err }
	reject := func(user model.UserID, id int64) error { _, err := w.Reject(t.Context(), user, id); return err }
	cancel := func(user model.UserID, id int64) error { _, err := w.Cancel(t.Context(), user, id); return err }

	id := ask()
	require.ErrorIs(t, accept(1, id), errs.ErrRequestNotFound)
	require.ErrorIs(t, reject(3, id), errs.ErrRequestNotFound)
	require.ErrorIs(t, cancel(2, id), errs.ErrRequestNotFound)
	require.ErrorIs(t, accept(2, id+1), errs.ErrRequestNotFound)
	require.NoError(t, reject(2, id))
	require.NoError(t, reject(2, id), "a repeat")
	require.ErrorIs(t, accept(2, id), errs.ErrRequestAlreadyHandled)
	require.ErrorIs(t, cancel(1, id), errs.ErrRequestAlreadyHandled)

	id = ask() // after a refusal one may ask again
	require.NoError(t, cancel(1, id))
	require.NoError(t, cancel(1, id), "a repeat")
	require.ErrorIs(t, reject(2, id), errs.ErrRequestAlreadyHandled)
	require.ErrorIs(t, accept(2, id), errs.ErrRequestAlreadyHandled)
	id = ask()
	require.NoError(t, accept(2, id))
	require.NoError(t, accept(2, id), "a repeat")
	require.ErrorIs(t, accept(1, id), errs.ErrRequestNotFound)
	require.ErrorIs(t, reject(2, id), errs.ErrRequestAlreadyHandled)
	require.ErrorIs(t, cancel(1, id), errs.ErrRequestAlreadyHandled)
}

func TestNobodyBefriendsADeletedAccount(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.befriend(t, 1, 3)
	one, err := w.Ask(t.Context(), 1, 2, "")
	require.NoError(t, err)
	other, err := w.Ask(t.Context(), 4, 1, "")
	require.NoError(t, err)
	w.users.gone.Store(model.UserID(1), true)

	_, err = w.Accept(t.Context(), 2, one.ID, "")
	require.ErrorIs(t, err, errs.ErrUserNotFound)
	require.Empty(t, w.friends(t, 2))
	_, err = w.Accept(t.Context(), 3, one.ID, "")
	require.ErrorIs(t, err, errs.ErrRequestNotFound, "the request is none of theirs")
	_, err = w.Ask(t.Context(), 2, 1, "")
	require.ErrorIs(t, err, errs.ErrUserNotFound)
	_, err = w.Reject(t.Context(), 2, one.ID)
	require.NoError(t, err, "what is left can be put away")
	_, err = w.Cancel(t.Context(), 4, other.ID)
	require.NoError(t, err)
	require.NoError(t, w.Unfriend(t.Context(), 3, 1))
	require.Empty(t, w.friends(t, 3))
}

func TestAcceptWaitsForChatAndMayBeRepeated(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.chat.Fail(down)
	r, err := w.Ask(t.Context(), 1, 2, "") // needs no answer of chat-service
	require.NoError(t, err)
	for range 2 {
		_, err = w.Accept(t.Context(), 2, r.ID, "")
		require.ErrorIs(t, err, errs.ErrUnavailable)
	}
	require.Equal(t, []model.UserID{2}, w.friends(t, 1)) // committed
	w.chat.Fail(nil)
	w.relay.Start() // the background may well be first
	defer w.relay.Stop()
	accepted, err := w.Accept(t.Context(), 2, r.ID, "")
	require.NoError(t, err)
	require.Equal(t, store.Accepted, accepted.Status)
	require.True(t, w.chat.Relation(1, 2).GetFriends())
	require.Len(t, w.events(t, "s:1:2"), 1)
	again, err := w.Accept(t.Context(), 2, r.ID, "")
	require.NoError(t, err)
	require.Equal(t, accepted, again)
	require.Len(t, w.events(t, "s:1:2"), 1)
}

func TestRequestsAreListedNewestFirstInPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var want []int64
	for from := model.UserID(2); from < 9; from++ {
		r, err := w.Ask(t.Context(), from, 1, "")
		require.NoError(t, err)
		want = append([]int64{r.ID}, want...)
	}
	_, err := w.Reject(t.Context(), 1, want[0])
	require.NoError(t, err)
	list := func(q friendship.RequestList) []int64 {
		var ids []int64
		for {
			page, next, err := w.Requests(t.Context(), q)
			require.NoError(t, err)
			for _, r := range page {
				ids = append(ids, r.ID)
			}
			if next == "" {
				return ids
			}
			q.Cursor = next
		}
	}
	require.Equal(t, want, list(friendship.RequestList{User: 1, Limit: 3}))
	require.Equal(t, want[1:], list(friendship.RequestList{User: 1, Limit: 3, Status: store.Pending}))
	require.Equal(t, want[:1], list(friendship.RequestList{User: 8, Outgoing: true}))
	require.Empty(t, list(friendship.RequestList{User: 8}))
	for _, bad := range []friendship.RequestList{{Limit: 201}, {Limit: -1}, {Cursor: "?"}, {Status: "new"}} {
		_, _, err := w.Requests(t.Context(), bad)
		require.ErrorIs(t, err, errs.ErrInvalidArgument)
	}
}
