package membership_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/group-service/internal/membership"
)

func TestLimitsThatMakeNoSenseAreNamed(t *testing.T) {
	t.Parallel()
	require.NoError(t, limits.Validate())
	err := membership.Config{MaxMembers: 100_001}.Validate()
	for _, field := range []string{"MaxMembers", "MaxGroupsPerUser", "MaxAdmins", "CreatesPerMinute", "CreatesPerDay"} {
		require.ErrorContains(t, err, field)
	}
	require.NoError(t, but(func(c *membership.Config) { c.MaxMembers = 100_000 }).Validate())
}

func TestAUserIsInSoManyGroupsOnly(t *testing.T) {
	t.Parallel()
	w := newWorld(t, but(func(c *membership.Config) { c.MaxGroupsPerUser = 2 }))
	first := w.create(t, "", 2, 3)
	second := w.create(t, "", 2)
	_, err := w.Create(t.Context(), membership.Draft{Owner: 1, Name: "x"})
	require.ErrorIs(t, err, errs.ErrGroupLimitReached)
	third, err := w.Create(t.Context(), membership.Draft{Owner: 3, Name: "x", Members: []model.UserID{2}})
	require.NoError(t, err)
	require.Equal(t, []membership.Failure{{User: 2, Reason: errs.ErrGroupLimitReached}}, third.Failed, "who is left out is named")
	require.EqualValues(t, 1, third.MemberCount)
	added, failed, err := w.Add(t.Context(), third.ID, 3, []model.UserID{2, 4})
	require.NoError(t, err)
	require.Equal(t, []model.UserID{4}, added)
	require.Equal(t, []membership.Failure{{User: 2, Reason: errs.ErrGroupLimitReached}}, failed)

	require.NoError(t, w.Leave(t.Context(), first, 2), "who leaves one may be in another")
	added, _, err = w.Add(t.Context(), third.ID, 3, []model.UserID{2})
	require.NoError(t, err)
	require.Len(t, added, 1)
	require.NoError(t, w.Dismiss(t.Context(), second, 1), "a dismissed group counts for nobody")
	for _, user := range []model.UserID{1, 2} {
		_, err = w.Create(t.Context(), membership.Draft{Owner: user, Name: "x"})
		require.NoError(t, err)
		_, err = w.Create(t.Context(), membership.Draft{Owner: user, Name: "x"})
		require.ErrorIs(t, err, errs.ErrGroupLimitReached)
	}
}

// TestRacingJoinsKeepTheLimitOfAUser: groups are locked one by one, the user's count is what they share.
func TestRacingJoinsKeepTheLimitOfAUser(t *testing.T) {
	t.Parallel()
	const most = 4
	w := newWorld(t, but(func(c *membership.Config) { c.MaxGroupsPerUser = most }))
	var groups []model.GroupID
	for i := range 6 {
		g, err := w.Create(t.Context(), membership.Draft{Owner: model.UserID(100 + i), Name: "x"})
		require.NoError(t, err)
		groups = append(groups, g.ID)
	}
	var wg sync.WaitGroup
	for i, id := range groups {
		for range 3 {
			wg.Go(func() {
				owner := model.UserID(100 + i)
				_, _, err := w.Add(t.Context(), id, owner, []model.UserID{3, 2, 1})
				expect(t, err)
				expect(t, w.Kick(t.Context(), id, owner, 2), errs.ErrUserNotFound)
			})
		}
	}
	wg.Wait()
	for _, user := range []model.UserID{1, 3} {
		mine, _, err := w.List(t.Context(), user, 0, "")
		require.NoError(t, err)
		require.Len(t, mine, most)
	}
	w.checkCounts(t)
}

// checkCounts compares what is counted of every user with the rows; only dismissed groups may be counted that are no more.
func (w *world) checkCounts(t tester) {
	t.Helper()
	var counted []struct{ UserID, Counted, Living, Rows int64 }
	require.NoError(t, w.db.Raw("SELECT j.user_id, j.`groups` AS counted, "+
		"(SELECT COUNT(*) FROM group_members m JOIN `groups` g ON g.id = m.group_id "+
		" WHERE m.user_id = j.user_id AND m.left_at = 0 AND g.status = 0) AS living, "+
		"(SELECT COUNT(*) FROM group_members m WHERE m.user_id = j.user_id AND m.left_at = 0) AS `rows` "+
		"FROM group_joiners j").Scan(&counted).Error)
	require.NotEmpty(t, counted)
	for _, c := range counted {
		require.LessOrEqual(t, c.Living, c.Counted, "user %d", c.UserID)
		require.LessOrEqual(t, c.Counted, c.Rows, "user %d", c.UserID)
	}
}

func TestMakingGroupsIsBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, but(func(c *membership.Config) { c.CreatesPerMinute, c.CreatesPerDay = 3, 5 }))
	var made atomic.Int64
	var wg sync.WaitGroup
	for range 12 {
		wg.Go(func() {
			_, err := w.Create(t.Context(), membership.Draft{Owner: 1, Name: "x", Members: []model.UserID{2}})
			if err == nil {
				made.Add(1)
			} else if !errors.Is(err, errs.ErrRateLimited) || errs.From(err).RetryAfter <= 0 {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 3, made.Load())
	_, err := w.Create(t.Context(), membership.Draft{Owner: 2, Name: "x"})
	require.NoError(t, err, "another has not made one")
	w.clock.Add(time.Minute.Milliseconds())
	for range 2 {
		w.create(t, "")
	}
	_, err = w.Create(t.Context(), membership.Draft{Owner: 1, Name: "x"})
	require.ErrorIs(t, err, errs.ErrRateLimited)
	require.Greater(t, errs.From(err).RetryAfter, time.Hour)
	mine, _, err := w.List(t.Context(), 1, 0, "")
	require.NoError(t, err)
	require.Len(t, mine, 5)
}
