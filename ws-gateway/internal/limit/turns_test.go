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
	turns := NewTurns(1, 2)
	release, err := turns.Take(context.Background())
	require.NoError(t, err)
	require.False(t, turns.Crowded())

	impatient, leave := context.WithCancel(context.Background())
	took := make(chan func(), 1)
	go func() {
		next, err := turns.Take(context.Background())
		if err == nil {
			took <- next
		}
	}()
	left := make(chan error, 1)
	require.Eventually(t, turns.Crowded, time.Minute, time.Millisecond)
	go func() {
		_, err := turns.Take(impatient)
		left <- err
	}()
	require.Eventually(t, func() bool { return turns.waiting.Load() == 2 }, time.Minute, time.Millisecond)

	_, err = turns.Take(context.Background())
	require.ErrorIs(t, err, errs.ErrUnavailable, "there is no place to wait")
	require.Positive(t, errs.From(err).RetryAfter)
	leave()
	require.ErrorIs(t, <-left, errs.ErrUnavailable)
	release()
	(<-took)()
	require.False(t, turns.Crowded())
	last, err := turns.Take(context.Background())
	require.NoError(t, err)
	last()
}
