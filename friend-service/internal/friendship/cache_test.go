package friendship_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/common/model"
	"im-backend/friend-service/internal/friendship"
)

func blocked(t *testing.T, f *friendship.Friendships, user model.UserID) []model.UserID {
	t.Helper()
	blocks, _, err := f.Blocks(t.Context(), user, 0, "")
	require.NoError(t, err)
	users := []model.UserID{}
	for _, b := range blocks {
		users = append(users, b.User)
	}
	return users
}

// TestOldContentOfRedisIsNotServed: Redis is away while the lists change, and comes back with what it had. A fresh instance,
// which asks it at once, answers as the database does.
func TestOldContentOfRedisIsNotServed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.befriend(t, 1, 2)
	require.NoError(t, w.Block(t.Context(), 1, 8))
	require.Equal(t, []model.UserID{2}, w.friends(t, 1))
	require.Equal(t, []model.UserID{8}, blocked(t, w.Friendships, 1))
	old := map[string]string{}
	for _, key := range []string{"friends:{1}", "blocks:{1}"} {
		value, err := w.redis.Get(key)
		require.NoError(t, err)
		old[key] = value
	}

	w.redis.SetError("away")
	w.befriend(t, 1, 3)
	require.NoError(t, w.Block(t.Context(), 1, 9))
	require.Equal(t, []model.UserID{2, 3}, w.friends(t, 1), "right while it is away")
	require.Equal(t, []model.UserID{9, 8}, blocked(t, w.Friendships, 1))
	w.redis.SetError("")
	for key, value := range old {
		kept, err := w.redis.Get(key)
		require.NoError(t, err)
		require.Equal(t, value, kept, "it has the old content")
	}

	fresh := w.instance(t, few)
	for range 2 { // the second time from the cache
		require.Equal(t, map[model.UserID][]string{2: {}, 3: {}}, everything(t, fresh, 1))
		require.Equal(t, []model.UserID{9, 8}, blocked(t, fresh, 1))
	}
	for key, value := range old {
		now, err := w.redis.Get(key)
		require.NoError(t, err)
		require.NotEqual(t, value, now, "the new content is cached")
	}
	for key, value := range old { // and once more, as from a snapshot
		require.NoError(t, w.redis.Set(key, value))
	}
	require.Equal(t, map[model.UserID][]string{2: {}, 3: {}}, everything(t, fresh, 1))
	require.Equal(t, []model.UserID{9, 8}, blocked(t, fresh, 1))
}

// TestListsAreCachedAtTheirVersion: what stands in Redis at the right version is served, so the cache is one.
func TestListsAreCachedAtTheirVersion(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.befriend(t, 1, 2)
	require.NoError(t, w.Block(t.Context(), 1, 8))
	w.friends(t, 1)
	blocked(t, w.Friendships, 1)
	require.NoError(t, w.db.Exec("UPDATE friendships SET remark = 'x'").Error) // no command: no new version
	require.NoError(t, w.db.Exec("DELETE FROM blocks").Error)
	list, err := w.List(t.Context(), friendship.FriendList{User: 1})
	require.NoError(t, err)
	require.Empty(t, list.Friends[0].Remark)
	require.Equal(t, []model.UserID{8}, blocked(t, w.Friendships, 1))
	require.NoError(t, w.Unblock(t.Context(), 1, 9), "no change")
	require.NoError(t, w.Block(t.Context(), 1, 9))
	require.Equal(t, []model.UserID{9}, blocked(t, w.Friendships, 1))
}

func TestUnknownVersionStartsOver(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, friend := range []model.UserID{2, 3, 4} {
		w.befriend(t, 1, friend)
	}
	q := friendship.FriendList{User: 1, Since: 99, Limit: 2}
	first, err := w.List(t.Context(), q)
	require.NoError(t, err)
	require.True(t, first.Reset)
	require.EqualValues(t, 3, first.Version)
	require.Len(t, first.Friends, 2)
	q.Cursor = first.NextCursor // the client says its version again; the cursor knows better
	second, err := w.List(t.Context(), q)
	require.NoError(t, err)
	require.Len(t, second.Friends, 1)
	require.Empty(t, second.NextCursor)
	whole, err := w.List(t.Context(), friendship.FriendList{User: 1, Limit: 2})
	require.NoError(t, err)
	require.False(t, whole.Reset, "the cached page is not marked")

	require.NoError(t, w.Unfriend(t.Context(), 1, 2))
	require.NoError(t, w.Unfriend(t.Context(), 1, 4))
	since, err := w.List(t.Context(), friendship.FriendList{User: 1, Since: whole.Version, Limit: 1})
	require.NoError(t, err)
	require.Equal(t, []model.UserID{2}, since.Deleted)
	rest, err := w.List(t.Context(), friendship.FriendList{User: 1, Cursor: since.NextCursor}) // without its version
	require.NoError(t, err)
	require.Equal(t, []model.UserID{4}, rest.Deleted, "the cursor knows since when")
	require.Empty(t, rest.Friends)
}
