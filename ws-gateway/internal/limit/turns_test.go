package limit

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/utils/errs"
)

func TestTurnsBoundThoseWhoHaveOneAndThoseWhoWait(t *testing.T) {
	t.Parallel()
	turns := NewTurns(1, 2, 9)
	release, err := turns.Take(context.Background(), 1)
	require.NoError(t, err)
	require.False(t, turns.Crowded())

	impatient, leave := context.WithCancel(context.Background())
	took := make(chan func(), 1)
	go func() {
		next, err := turns.Take(context.Background(), 1)
		if err == nil {
			took <- next
		}
	}()
	left := make(chan error, 1)
	require.Eventually(t, turns.Crowded, time.Minute, time.Millisecond)
	go func() {
		_, err := turns.Take(impatient, 1)
		left <- err
	}()
	require.Eventually(t, func() bool { return turns.waiting.Load() == 2 }, time.Minute, time.Millisecond)

	_, err = turns.Take(context.Background(), 1)
	require.ErrorIs(t, err, errs.ErrUnavailable, "there is no place to wait")
	require.Positive(t, errs.From(err).RetryAfter)
	leave()
	require.ErrorIs(t, <-left, errs.ErrUnavailable)
	release()
	(<-took)()
	require.False(t, turns.Crowded())
	last, err := turns.Take(context.Background(), 1)
	require.NoError(t, err)
	last()
}

func TestAUserWhoAsksForManyTurnsKeepsNobodyElseOut(t *testing.T) {
	t.Parallel()
	turns := NewTurns(2, 2, 2)
	var held []func()
	for range 2 {
		release, err := turns.Take(context.Background(), 1)
		require.NoError(t, err)
		held = append(held, release)
	}
	for range 10 {
		_, err := turns.Take(context.Background(), 1)
		require.ErrorIs(t, err, errs.ErrRateLimited)
		require.Positive(t, errs.From(err).RetryAfter)
	}
	require.False(t, turns.Crowded(), "who is refused does not wait")
	ended, end := context.WithCancel(context.Background())
	end()
	_, err := turns.Take(ended, 2)
	require.ErrorIs(t, err, errs.ErrUnavailable, "others may wait")
	for _, release := range held {
		release()
	}
	require.Empty(t, turns.users, "nobody is remembered")
	release, err := turns.Take(context.Background(), 1)
	require.NoError(t, err)
	release()
}
