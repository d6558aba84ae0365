package limit

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/utils/errs"
)

func never() bool { return false }

func TestNobodyIsAdmittedWhileThoseWhoAreInWait(t *testing.T) {
	t.Parallel()
	busy := true
	a := NewAdmission(AdmissionOptions{Rate: 100, Burst: 10, MaxDelay: time.Minute}, func() bool { return busy })
	now := 1000 * second
	require.Equal(t, 1010*time.Millisecond, a.delay(now))
	require.Equal(t, 1020*time.Millisecond, a.delay(now))
	busy = false
	require.Zero(t, a.delay(now))
}

func TestAdmissionSaysWhenToComeBack(t *testing.T) {
	t.Parallel()
	a := NewAdmission(AdmissionOptions{Rate: 0.001, Burst: 2, MaxDelay: time.Minute}, never)
	require.NoError(t, a.Admit())
	require.NoError(t, a.Admit())
	err := a.Admit()
	require.ErrorIs(t, err, errs.ErrUnavailable)
	wait := errs.From(err).RetryAfter
	require.GreaterOrEqual(t, wait, 30*time.Second)
	require.LessOrEqual(t, wait, 90*time.Second)
}

func TestTheDelayGrowsWithTheStormUpToABound(t *testing.T) {
	t.Parallel()
	a := NewAdmission(AdmissionOptions{Rate: 100, Burst: 1, MaxDelay: 2 * time.Second}, never)
	now := 1000 * second
	require.Zero(t, a.delay(now))
	for i := range 200 {
		require.Equal(t, time.Duration(i+1)*10*time.Millisecond, a.delay(now))
	}
	require.Equal(t, 2*time.Second, a.delay(now))
	now += second // a hundred places have passed
	require.Zero(t, a.delay(now))
	require.Equal(t, 1010*time.Millisecond, a.delay(now))
	now += 3600 * second
	require.Zero(t, a.delay(now))
	require.Equal(t, 10*time.Millisecond, a.delay(now), "a storm is over when it is over")
}

// TestAStormOfTenThousandIsInWithinAMinute plays all clients on a clock of its own, in steps of a millisecond: each comes when
// it was told to.
func TestAStormOfTenThousandIsInWithinAMinute(t *testing.T) {
	t.Parallel()
	const clients = 10_000
	a := NewAdmission(AdmissionOptions{Rate: 2000, Burst: 2000, MaxDelay: 30 * time.Second}, never)
	due := map[Instant]int{0: clients}
	admitted, turnedAway, busiest := 0, 0, 0
	for ms := Instant(0); admitted < clients; ms++ {
		require.Less(t, ms, Instant(30_000))
		busiest = max(busiest, due[ms]*min(1, int(ms)))
		for range due[ms] {
			delay := a.delay(1000*second + ms*second/1000)
			if delay == 0 {
				admitted++
				continue
			}
			turnedAway++
			due[ms+1+Instant(spread(delay).Milliseconds())]++
		}
	}
	require.Less(t, turnedAway, 2*clients, "few come in vain again")
	require.Less(t, busiest, 100, "they do not come back together")
}
