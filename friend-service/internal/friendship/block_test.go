package friendship_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/friend-service/internal/friendship"
	"im-backend/friend-service/internal/store"
)

func TestBlockReachesChatBeforeItsAnswer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.befriend(t, 1, 2)
	require.NoError(t, w.Block(t.Context(), 2, 1))
	relation := w.chat.Relation(1, 2)
	require.True(t, relation.GetFriends()) // the friendship stays
	require.True(t, relation.GetBlockedByHigh())
	require.False(t, relation.GetBlockedByLow())
	require.Len(t, w.events(t, "s:1:2"), 1) // the other side sees nothing
	require.NoError(t, w.Block(t.Context(), 2, 1))
	require.NoError(t, w.Unblock(t.Context(), 2, 1))
	require.NoError(t, w.Unblock(t.Context(), 2, 1))
	require.NoError(t, w.Unblock(t.Context(), 2, 3))
	require.False(t, w.chat.Relation(1, 2).GetBlockedByHigh())
}

func TestBlockWaitsForChatAndMayBeRepeated(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.chat.Fail(down)
	require.ErrorIs(t, w.Block(t.Context(), 1, 2), errs.ErrUnavailable)
	require.ErrorIs(t, w.Block(t.Context(), 1, 2), errs.ErrUnavailable)
	w.chat.Fail(nil)
	require.NoError(t, w.Block(t.Context(), 1, 2))
	require.True(t, w.chat.Relation(1, 2).GetBlockedByLow())
	w.chat.Fail(down)
	require.ErrorIs(t, w.Unblock(t.Context(), 1, 2), errs.ErrUnavailable)
	w.chat.Fail(nil)
	require.NoError(t, w.Flush(t.Context(), 2, 1))
	require.False(t, w.chat.Relation(1, 2).GetBlockedByLow())
}

func TestABlockOfSomebodyWhoIsGoneMayBeRepeated(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.NoError(t, w.Block(t.Context(), 1, 2))
	w.befriend(t, 3, 2)
	w.users.gone.Store(model.UserID(2), true)
	require.NoError(t, w.Block(t.Context(), 1, 2))
	for _, other := range []model.UserID{3, 4} {
		require.ErrorIs(t, w.Block(t.Context(), other, 2), errs.ErrUserNotFound, "%d never did", other)
	}
	require.NoError(t, w.Unblock(t.Context(), 1, 2))
	require.ErrorIs(t, w.Block(t.Context(), 1, 2), errs.ErrUserNotFound)
}

func TestBlockIsValidated(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.ErrorIs(t, w.Block(t.Context(), 1, 1), errs.ErrInvalidArgument)
	require.ErrorIs(t, w.Block(t.Context(), 1, 0), errs.ErrInvalidArgument)
	require.ErrorIs(t, w.Block(t.Context(), 1, stranger), errs.ErrUserNotFound)
}

func TestBlockClosesPendingRequestsAndRefusesNewOnes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	theirs, err := w.Ask(t.Context(), 1, 2, "")
	require.NoError(t, err)
	mine, err := w.Ask(t.Context(), 2, 3, "")
	require.NoError(t, err)
	require.NoError(t, w.Block(t.Context(), 2, 1))
	require.NoError(t, w.Block(t.Context(), 2, 3))
	_, err = w.Accept(t.Context(), 2, theirs.ID, "")
	require.ErrorIs(t, err, errs.ErrRequestAlreadyHandled)
	_, err = w.Accept(t.Context(), 3, mine.ID, "")
	require.ErrorIs(t, err, errs.ErrRequestAlreadyHandled)
	_, err = w.Ask(t.Context(), 1, 2, "")
	require.ErrorIs(t, err, errs.ErrBlocked)
	asked, _, err := w.Requests(t.Context(), friendship.RequestList{User: 1, Outgoing: true})
	require.NoError(t, err)
	require.Equal(t, store.Rejected, asked[0].Status)

	back, err := w.Ask(t.Context(), 2, 1, "") // who blocks may ask, but gets no answer while the block stands
	require.NoError(t, err)
	_, err = w.Accept(t.Context(), 1, back.ID, "")
	require.ErrorIs(t, err, errs.ErrBlocked)
	require.NoError(t, w.Unblock(t.Context(), 2, 1))
	_, err = w.Accept(t.Context(), 1, back.ID, "")
	require.NoError(t, err)
}

func TestBlocksAreListedNewestFirstInPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, user := range []model.UserID{5, 2, 9, 3} {
		require.NoError(t, w.Block(t.Context(), 1, user))
	}
	var got []model.UserID
	cursor := ""
	for {
		blocks, next, err := w.Blocks(t.Context(), 1, 2, cursor)
		require.NoError(t, err)
		for _, b := range blocks {
			require.NotZero(t, b.CreatedAt)
			got = append(got, b.User)
		}
		if cursor = next; next == "" {
			break
		}
	}
	require.Equal(t, []model.UserID{3, 9, 2, 5}, got)
	_, _, err := w.Blocks(t.Context(), 1, 201, "")
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
	_, _, err = w.Blocks(t.Context(), 1, 0, "?")
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
}
