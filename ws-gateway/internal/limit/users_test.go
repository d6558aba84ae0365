package limit

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/model"
)

func TestAUserThatComesBackHasTheSameBudget(t *testing.T) {
	t.Parallel()
	s := NewUsers(Rate{PerSecond: 0.001, Burst: 2})
	now := At(time.Now())
	one, two := s.Enter(1), s.Enter(1)
	require.Zero(t, one.TakeFrame(now))
	require.Zero(t, two.TakeFrame(now))
	one.Leave()
	two.Leave()
	again := s.Enter(1)
	require.Positive(t, again.TakeFrame(now))
	require.Zero(t, s.Enter(2).TakeFrame(now))
}

func TestUsersAreForgotten(t *testing.T) {
	t.Parallel()
	s := NewUsers(Rate{PerSecond: 1e9, Burst: 1}) // a frame counts for a nanosecond
	for id := range model.UserID(1000) {
		u := s.Enter(id)
		u.TakeFrame(At(time.Now()))
		u.Leave()
	}
	require.Less(t, len(s.users), 2*few)

	s = NewUsers(Rate{PerSecond: 1e6, Burst: 1}) // for a microsecond: often longer than the connection
	for id := range model.UserID(10_000) {
		u := s.Enter(id)
		u.TakeFrame(At(time.Now()))
		u.Leave()
	}
	require.Less(t, len(s.users), 1000)
}

func TestUsersAreSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	s := NewUsers(Rate{PerSecond: 1e9, Burst: 1})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 500 {
				u := s.Enter(model.UserID((i + n) % 5))
				u.TakeFrame(At(time.Now()))
				u.Leave()
			}
		})
	}
	wg.Wait()
	for _, u := range s.users {
		require.Zero(t, u.conns)
	}
}
