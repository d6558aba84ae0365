package budget_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/model"
	"im-backend/common/utils/errs"
	"im-backend/deploy/mysql/mysqltest"
	"im-backend/user-service/internal/budget"
	"im-backend/user-service/internal/store"
)

// world is one database with instances of the service on it.
type world struct {
	t     *testing.T
	store *store.Store
	now   atomic.Int64
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db := mysqltest.Open(t, "im_user")
	require.NoError(t, store.Prepare(t.Context(), db))
	w := &world{t: t, store: store.New(db)}
	w.now.Store(1_700_000_000_000)
	return w
}

func (w *world) instance(perMinute, perDay int64) *budget.Searches {
	return budget.New(budget.Config{PerMinute: perMinute, PerDay: perDay}, w.store, func() time.Time { return time.UnixMilli(w.now.Load()) })
}

// spend answers how long a user has to wait; zero: the search was let through.
func (w *world) spend(s *budget.Searches, user model.UserID) time.Duration {
	w.t.Helper()
	err := s.Spend(w.t.Context(), user)
	if err == nil {
		return 0
	}
	require.ErrorIs(w.t, err, errs.ErrRateLimited)
	return errs.From(err).RetryAfter
}

func TestAMinuteAndADayAreCountedForEachUserOverAllInstances(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	a, b := w.instance(3, 5), w.instance(3, 5)
	require.Zero(t, w.spend(a, 1))
	w.now.Add(10_000)
	require.Zero(t, w.spend(b, 1))
	require.Zero(t, w.spend(a, 1))
	require.Equal(t, 50*time.Second, w.spend(b, 1), "the minute began with the first search")
	require.Zero(t, w.spend(b, 2), "another user has its own")
	w.now.Add(50_000 - 1)
	require.Equal(t, time.Millisecond, w.spend(a, 1))
	w.now.Add(1)
	require.Zero(t, w.spend(a, 1), "what was refused did not count")
	require.Zero(t, w.spend(b, 1))
	require.Equal(t, 24*time.Hour-time.Minute, w.spend(a, 1), "the day is used up, the minute is not")
	w.now.Add((24*time.Hour - time.Minute).Milliseconds())
	require.Zero(t, w.spend(a, 1))
}

func TestRacingSearchesAreAllCounted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	instances := []*budget.Searches{w.instance(30, 500), w.instance(30, 500)}
	var through atomic.Int64
	var wg sync.WaitGroup
	for i := range 40 {
		wg.Go(func() {
			if w.spend(instances[i%2], 1) == 0 {
				through.Add(1)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 30, through.Load())
}

func TestAClockThatIsBehindNeverAsksToWaitLongerThanTheWindow(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	s := w.instance(1, 500)
	require.Zero(t, w.spend(s, 1))
	w.now.Add(-3_600_000)
	require.Equal(t, time.Minute, w.spend(s, 1))
}

func TestABudgetOfNothingIsRefused(t *testing.T) {
	t.Parallel()
	require.NoError(t, budget.Config{PerMinute: 1, PerDay: 1}.Validate())
	require.Error(t, budget.Config{PerMinute: 1}.Validate())
	require.Error(t, budget.Config{PerDay: 1}.Validate())
}
