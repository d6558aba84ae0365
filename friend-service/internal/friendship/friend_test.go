package friendship_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/friend-service/internal/friendship"
)

func TestDeletingAFriendEndsBothSides(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.befriend(t, 1, 2)
	require.NoError(t, w.Unfriend(t.Context(), 1, 2))
	require.Empty(t, w.friends(t, 1))
	require.Empty(t, w.friends(t, 2))
	require.False(t, w.chat.Relation(1, 2).GetFriends())
	require.Len(t, w.events(t, "s:1:2"), 1) // no entry tells it
	require.NoError(t, w.Unfriend(t.Context(), 1, 2))
	require.NoError(t, w.Unfriend(t.Context(), 1, 3))
	require.NoError(t, w.Unfriend(t.Context(), 1, 1))
	w.befriend(t, 2, 1) // and again
	require.Equal(t, []model.UserID{2}, w.friends(t, 1))
}

func TestDeletingWaitsForChat(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.befriend(t, 1, 2)
	w.chat.Fail(down)
	require.ErrorIs(t, w.Unfriend(t.Context(), 1, 2), errs.ErrUnavailable)
	require.ErrorIs(t, w.Unfriend(t.Context(), 1, 2), errs.ErrUnavailable)
	w.chat.Fail(nil)
	require.NoError(t, w.Unfriend(t.Context(), 1, 2))
	require.False(t, w.chat.Relation(1, 2).GetFriends())
}

func TestFriendsAreListedByIDInPages(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, friend := range []model.UserID{7, 3, 9, 5, 2} {
		w.befriend(t, friend, 1)
	}
	q := friendship.FriendList{User: 1, Limit: 2}
	var got []model.UserID
	for {
		page, err := w.List(t.Context(), q)
		require.NoError(t, err)
		require.EqualValues(t, 5, page.Version)
		for _, f := range page.Friends {
			got = append(got, f.User)
		}
		if q.Cursor = page.NextCursor; q.Cursor == "" {
			break
		}
		require.NoError(t, w.Block(t.Context(), 1, 8)) // no change of the list
	}
	require.Equal(t, []model.UserID{2, 3, 5, 7, 9}, got)
	for _, bad := range []friendship.FriendList{{Limit: 201}, {Limit: -1}, {Cursor: "?"}, {Since: -1}} {
		_, err := w.List(t.Context(), bad)
		require.ErrorIs(t, err, errs.ErrInvalidArgument)
	}
}

func TestChangesSinceAVersion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.befriend(t, 1, 2)
	w.befriend(t, 1, 3)
	w.befriend(t, 1, 4)
	whole, err := w.List(t.Context(), friendship.FriendList{User: 1})
	require.NoError(t, err)
	require.Len(t, whole.Friends, 3)
	starred := true
	_, err = w.Annotate(t.Context(), 1, 3, friendship.Notes{Starred: &starred})
	require.NoError(t, err)
	require.NoError(t, w.Unfriend(t.Context(), 2, 1))
	changes, err := w.List(t.Context(), friendship.FriendList{User: 1, Since: whole.Version})
	require.NoError(t, err)
	require.Equal(t, []model.UserID{2}, changes.Deleted)
	require.Len(t, changes.Friends, 1)
	require.Equal(t, model.UserID(3), changes.Friends[0].User)
	require.True(t, changes.Friends[0].Starred)
	none, err := w.List(t.Context(), friendship.FriendList{User: 1, Since: changes.Version})
	require.NoError(t, err)
	require.Equal(t, friendship.FriendPage{Version: changes.Version}, none)
}

// TestChangeWhilePagesAreTurned: whoever then asks for the changes since the version misses none.
func TestChangeWhilePagesAreTurned(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.befriend(t, 1, 2)
	w.befriend(t, 1, 3)
	first, err := w.List(t.Context(), friendship.FriendList{User: 1, Limit: 1})
	require.NoError(t, err)
	require.NoError(t, w.Unfriend(t.Context(), 1, 2)) // who was on the first page
	second, err := w.List(t.Context(), friendship.FriendList{User: 1, Limit: 1, Cursor: first.NextCursor})
	require.NoError(t, err)
	changes, err := w.List(t.Context(), friendship.FriendList{User: 1, Since: second.Version})
	require.NoError(t, err)
	require.Equal(t, []model.UserID{2}, changes.Deleted)
}

func TestCachedListIsRightWhateverRedisDoes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.befriend(t, 1, 2)
	require.Equal(t, []model.UserID{2}, w.friends(t, 1))
	require.True(t, w.redis.Exists("friends:{1}"))
	require.Equal(t, []model.UserID{2}, w.friends(t, 1))
	w.redis.SetError("away")
	w.befriend(t, 1, 3)
	require.Equal(t, []model.UserID{2, 3}, w.friends(t, 1))
	w.redis.SetError("")
	require.Equal(t, []model.UserID{2, 3}, w.friends(t, 1))
	require.NoError(t, w.Unfriend(t.Context(), 1, 2))
	require.Equal(t, []model.UserID{3}, w.friends(t, 1))
}

func TestNotesAreOnesOwn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.befriend(t, 1, 2)
	remark, tags := "boss", []string{"work", "chess"}
	f, err := w.Annotate(t.Context(), 1, 2, friendship.Notes{Remark: &remark, Tags: &tags})
	require.NoError(t, err)
	require.Equal(t, "boss", f.Remark)
	require.Equal(t, tags, f.Tags)
	none := []string{}
	f, err = w.Annotate(t.Context(), 1, 2, friendship.Notes{Tags: &none})
	require.NoError(t, err)
	require.Empty(t, f.Tags)
	require.Equal(t, "boss", f.Remark)
	theirs, err := w.List(t.Context(), friendship.FriendList{User: 2})
	require.NoError(t, err)
	require.Empty(t, theirs.Friends[0].Remark)

	_, err = w.Annotate(t.Context(), 1, 3, friendship.Notes{Remark: &remark})
	require.ErrorIs(t, err, errs.ErrNotFriends)
	require.NoError(t, w.Unfriend(t.Context(), 2, 1))
	_, err = w.Annotate(t.Context(), 1, 2, friendship.Notes{Remark: &remark})
	require.ErrorIs(t, err, errs.ErrNotFriends)
}

func TestNotesAreValidated(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.befriend(t, 1, 2)
	long, lines := strings.Repeat("x", 65), "a\nb"
	for _, bad := range []friendship.Notes{
		{Remark: &long}, {Remark: &lines}, {Tags: &[]string{" "}}, {Tags: &[]string{"a", " a"}}, {Tags: &[]string{"a\nb"}}, {Tags: &[]string{"\u202ea"}}, {Tags: &[]string{long}},
	} {
		_, err := w.Annotate(t.Context(), 1, 2, bad)
		require.ErrorIs(t, err, errs.ErrInvalidArgument)
	}
}
