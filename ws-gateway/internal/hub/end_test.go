package hub

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestACheckThatCouldNotBeMadeIsMadeAgainSoon(t *testing.T) {
	t.Parallel()
	h := &Hub{opts: Options{CheckSessions: 5 * time.Minute}}
	require.Equal(t, 5*time.Minute, h.nextCheck(true))
	require.Equal(t, recheck, h.nextCheck(false))
	h.opts.CheckSessions = time.Second
	require.Equal(t, time.Second, h.nextCheck(false))
}
