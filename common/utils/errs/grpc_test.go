package errs

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func TestAnErrorIsTheSameAfterTheNetwork(t *testing.T) {
	t.Parallel()
	for reason, sent := range byReason {
		got := From(FromGRPC(sent.After(3 * time.Second).Saying("in words").GRPCStatus().Err()))
		require.Equal(t, sent.Kind, got.Kind, reason)
		require.Equal(t, reason, got.Reason)
		require.Equal(t, "in words", got.Message)
		require.Equal(t, 3*time.Second, got.RetryAfter)
	}
}

// Unavailable is a code that opens go-zero's breakers.
func TestWhoShedsLoadOpensNoBreaker(t *testing.T) {
	t.Parallel()
	require.Equal(t, codes.Unavailable, status.Code(ErrUnavailable))
	require.Equal(t, codes.Aborted, status.Code(ErrUnavailable.After(time.Second)))
	require.Equal(t, codes.Aborted, status.Code(ErrRateLimited))
}
