package limit

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/model"
)

// every is the same rate of everything.
func every(r Rate) *Rates { return &Rates{Frames: r, Bytes: r, Malformed: r} }

func TestAUserThatComesBackHasTheSameBudget(t *testing.T) {
	t.Parallel()
	scarce, plenty := Rate{PerSecond: 0.001, Burst: 2}, Rate{PerSecond: 1e9, Burst: 1e9}
	for name, tc := range map[string]struct {
		rates Rates
		take  func(*User, *Rates, Instant) bool
	}{
		"frames":    {Rates{scarce, plenty, plenty}, func(u *User, r *Rates, now Instant) bool { return u.TakeFrame(r, now, 1) == 0 }},
		"bytes":     {Rates{plenty, scarce, plenty}, func(u *User, r *Rates, now Instant) bool { return u.TakeFrame(r, now, 1) == 0 }},
		"malformed": {Rates{plenty, plenty, scarce}, (*User).TakeMalformed},
	} {
		s := NewUsers()
		now := At(time.Now())
		one, two := s.Enter(1), s.Enter(1)
		require.True(t, tc.take(one, &tc.rates, now), name)
		require.True(t, tc.take(two, &tc.rates, now), name)
		one.Leave()
		two.Leave()
		require.False(t, tc.take(s.Enter(1), &tc.rates, now), name)
		require.True(t, tc.take(s.Enter(2), &tc.rates, now), name)
	}
}

func TestUsersAreForgotten(t *testing.T) {
	t.Parallel()
	s, r := NewUsers(), every(Rate{PerSecond: 1e9, Burst: 1}) // a frame counts for a nanosecond
	for id := range model.UserID(1000) {
		u := s.Enter(id)
		u.TakeFrame(r, At(time.Now()), 1)
		u.Leave()
	}
	require.Less(t, len(s.users), 2*few)

	s, r = NewUsers(), every(Rate{PerSecond: 1e6, Burst: 1}) // for a microsecond: often longer than the connection
	for id := range model.UserID(10_000) {
		u := s.Enter(id)
		u.TakeFrame(r, At(time.Now()), 1)
		u.Leave()
	}
	require.Less(t, len(s.users), 1000)
}

func TestUsersAreSafeForConcurrentUse(t *testing.T) {
	t.Parallel()
	s, r := NewUsers(), every(Rate{PerSecond: 1e9, Burst: 1})
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for n := range 500 {
				u := s.Enter(model.UserID((i + n) % 5))
				u.TakeFrame(r, At(time.Now()), 1)
				u.Leave()
			}
		})
	}
	wg.Wait()
	for _, u := range s.users {
		require.Zero(t, u.conns)
	}
}
