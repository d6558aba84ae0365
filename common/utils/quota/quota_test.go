package quota_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/utils/quota"
)

func TestAMinuteAndADayAreCountedFromTheirFirstTime(t *testing.T) {
	t.Parallel()
	var spent quota.Spent
	rate := quota.Rate{PerMinute: 2, PerDay: 3}
	now := int64(1_700_000_000_000)
	require.Zero(t, spent.Take(rate, now))
	now += 10_000
	require.Zero(t, spent.Take(rate, now))
	require.Equal(t, 50*time.Second, spent.Take(rate, now), "the minute began with the first")
	now += 50_000
	require.Zero(t, spent.Take(rate, now), "what was refused did not count")
	require.Equal(t, 24*time.Hour-time.Minute, spent.Take(rate, now), "the day is used up, the minute is not")
	now += (24*time.Hour - time.Minute).Milliseconds()
	require.Zero(t, spent.Take(rate, now))
}

func TestAClockThatIsBehindNeverAsksToWaitLongerThanTheWindow(t *testing.T) {
	t.Parallel()
	var spent quota.Spent
	rate := quota.Rate{PerMinute: 1, PerDay: 5}
	require.Zero(t, spent.Take(rate, 1_700_000_000_000))
	require.Equal(t, time.Minute, spent.Take(rate, 1_700_000_000_000-3_600_000))
}

func TestSeveralAreTakenAtOnceOrNotAtAll(t *testing.T) {
	t.Parallel()
	var spent quota.Spent
	rate := quota.Rate{PerMinute: 5, PerDay: 8}
	now := int64(1_700_000_000_000)
	require.Zero(t, spent.TakeMany(rate, now, 3))
	require.Equal(t, time.Minute, spent.TakeMany(rate, now, 3))
	require.Zero(t, spent.TakeMany(rate, now, 2), "what was refused did not count")
	now += time.Minute.Milliseconds()
	require.Equal(t, 24*time.Hour-time.Minute, spent.TakeMany(rate, now, 4))
	require.Zero(t, spent.TakeMany(rate, now, 3))
}
