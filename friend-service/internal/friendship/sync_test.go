package friendship_test

import (
	"context"

	"github.com/stretchr/testify/require"

	"im-backend/common/model"
	"im-backend/friend-service/internal/friendship"
)

// tester is a test of either kind.
type tester interface {
	require.TestingT
	Helper()
	Context() context.Context
}

// syncer is a client that keeps a friend list by its changes.
type syncer struct {
	user    model.UserID
	list    map[model.UserID][]string
	version int64
	cursor  string // of the pages it is turning
	strayed bool   // its version is of no list
}

// page reads the next page, of one friend.
func (s *syncer) page(t tester, f *friendship.Friendships) {
	t.Helper()
	got, err := f.List(t.Context(), friendship.FriendList{User: s.user, Since: s.version, Limit: 1, Cursor: s.cursor})
	require.NoError(t, err)
	if s.cursor == "" {
		require.Equal(t, s.strayed, got.Reset)
		if got.Reset || s.version == 0 {
			s.list = map[model.UserID][]string{}
		}
		s.strayed = false
	}
	for _, friend := range got.Friends {
		s.list[friend.User] = append([]string{}, friend.Tags...)
	}
	for _, user := range got.Deleted {
		delete(s.list, user)
	}
	if s.cursor = got.NextCursor; s.cursor == "" {
		s.version = got.Version
	}
}

// catchUp turns the pages that are left, and then asks once more for what changed meanwhile.
func (s *syncer) catchUp(t tester, f *friendship.Friendships, want map[model.UserID][]string) {
	t.Helper()
	for s.cursor != "" {
		s.page(t, f)
	}
	for again := true; again; again = s.cursor != "" {
		s.page(t, f)
	}
	require.Equal(t, want, s.list)
}

// stray has the client come with a version that the list never had.
func (s *syncer) stray() {
	if s.cursor == "" {
		s.version, s.strayed = s.version+1000, true
	}
}

// everything is the whole friend list of a user: the tags by friend.
func everything(t tester, f *friendship.Friendships, user model.UserID) map[model.UserID][]string {
	t.Helper()
	list, q := map[model.UserID][]string{}, friendship.FriendList{User: user}
	for {
		page, err := f.List(t.Context(), q)
		require.NoError(t, err)
		for _, friend := range page.Friends {
			list[friend.User] = append([]string{}, friend.Tags...)
		}
		if q.Cursor = page.NextCursor; q.Cursor == "" {
			return list
		}
	}
}
