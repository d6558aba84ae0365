package friendship_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/friend-service/internal/friendship"
	"im-backend/friend-service/internal/store"
)

// remove removes a user and answers in how many calls.
func (w *world) remove(t *testing.T, user model.UserID) (calls int) {
	t.Helper()
	for done := false; !done; calls++ {
		var err error
		done, err = w.RemoveUser(t.Context(), user)
		require.NoError(t, err)
		require.Less(t, calls, 10)
	}
	return calls
}

// status is what became of a request.
func (w *world) status(t *testing.T, r store.Request) store.Request {
	t.Helper()
	requests, _, err := w.Requests(t.Context(), friendship.RequestList{User: r.From, Outgoing: true})
	require.NoError(t, err)
	for _, now := range requests {
		if now.ID == r.ID {
			return now
		}
	}
	require.Fail(t, "the request is gone")
	return store.Request{}
}

func TestARemovedUserIsNobodysFriend(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.befriend(t, 1, 2)
	w.befriend(t, 3, 2)
	w.befriend(t, 1, 3)
	before := map[model.UserID]int64{}
	for _, user := range []model.UserID{1, 2} {
		list, err := w.List(t.Context(), friendship.FriendList{User: user})
		require.NoError(t, err)
		before[user] = list.Version
	}
	require.Equal(t, 1, w.remove(t, 2))
	require.Equal(t, 1, w.remove(t, 2), "again is no error")

	for user, gone := range map[model.UserID][]model.UserID{1: {2}, 2: {1, 3}} {
		changes, err := w.List(t.Context(), friendship.FriendList{User: user, Since: before[user]})
		require.NoError(t, err)
		require.Empty(t, changes.Friends)
		require.Equal(t, gone, changes.Deleted)
	}
	require.Equal(t, []model.UserID{3}, w.friends(t, 1))
	require.NoError(t, w.Flush(t.Context(), 1, 2))
	require.False(t, w.chat.Relation(1, 2).GetFriends())
	require.True(t, w.chat.Relation(1, 3).GetFriends())
	_, err := w.RemoveUser(t.Context(), 0)
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
}

func TestTheRequestsOfARemovedUserAreClosed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made, err := w.Ask(t.Context(), 2, 1, "")
	require.NoError(t, err)
	asked, err := w.Ask(t.Context(), 3, 2, "")
	require.NoError(t, err)
	other, err := w.Ask(t.Context(), 3, 1, "")
	require.NoError(t, err)
	w.remove(t, 2)
	require.Equal(t, store.Cancelled, w.status(t, made).Status)
	closed := w.status(t, asked)
	require.Equal(t, store.Expired, closed.Status)
	require.LessOrEqual(t, closed.HandledAt, w.clock.Load(), "not in the future")
	require.Equal(t, closed.HandledAt, closed.ExpiresAt)
	require.Equal(t, store.Pending, w.status(t, other).Status)
	_, err = w.Accept(t.Context(), 1, made.ID, "")
	require.ErrorIs(t, err, errs.ErrRequestAlreadyHandled)
	_, err = w.Cancel(t.Context(), 3, asked.ID)
	require.ErrorIs(t, err, errs.ErrRequestExpired)
}

// Commands look whether a user exists before they lock anything, and may have looked just before the deletion.
func TestWhoWasRemovedMeanwhileBecomesNobodysFriend(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.remove(t, 2) // the directory still has the user
	asked, err := w.Ask(t.Context(), 1, 2, "")
	require.NoError(t, err, "waits, and expires")
	_, err = w.Accept(t.Context(), 2, asked.ID, "")
	require.ErrorIs(t, err, errs.ErrUserNotFound)
	_, err = w.Ask(t.Context(), 2, 1, "")
	require.ErrorIs(t, err, errs.ErrUserNotFound, "crossing")
	_, err = w.Ask(t.Context(), 2, 3, "")
	require.ErrorIs(t, err, errs.ErrUserNotFound)
	require.ErrorIs(t, w.Block(t.Context(), 2, 3), errs.ErrUserNotFound)
	require.Empty(t, w.friends(t, 1))
	w.remove(t, 2)
	require.Equal(t, store.Expired, w.status(t, asked).Status)
}

func TestBlocksOfARemovedUserStayAndCanBeTakenBack(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, w.Block(t.Context(), 1, 2))
	require.NoError(t, w.Block(t.Context(), 2, 3))
	w.remove(t, 2)
	w.users.gone.Store(model.UserID(2), true)
	blocks, _, err := w.Blocks(t.Context(), 1, 0, "")
	require.NoError(t, err)
	require.Len(t, blocks, 1)
	require.NoError(t, w.Unblock(t.Context(), 1, 2))
}

func TestAUserWithManyFriendsIsRemovedInSteps(t *testing.T) {
	t.Parallel()
	w := newWorldWith(t, friendship.Config{RequestLifetime: few.RequestLifetime, MaxFriends: 100, MaxPending: 100, MaxTags: 2, MaxBlocks: 2})
	for other := range model.UserID(60) {
		w.befriend(t, 1, other+10)
		_, err := w.Ask(t.Context(), 1, other+1000, "")
		require.NoError(t, err)
	}
	require.Equal(t, 2, w.remove(t, 1))
	require.Empty(t, w.friends(t, 1))
	for other := range model.UserID(60) {
		require.Empty(t, w.friends(t, other+10))
	}
	requests, _, err := w.Requests(t.Context(), friendship.RequestList{User: 1, Outgoing: true, Status: store.Pending})
	require.NoError(t, err)
	require.Empty(t, requests)
}
