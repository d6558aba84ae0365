package app

import (
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/proto/gen/chatpb"
)

// TestSyncsTakeTurnsAndWhoIsNotInYetComesLater: a storm of clients that all sync at once is served some at a time.
func TestSyncsTakeTurnsAndWhoIsNotInYetComesLater(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) { c.Requests.Syncs, c.Requests.SyncsQueued, c.Requests.CallTimeout = 1, 1, time.Minute })
	var syncing atomic.Int64
	goOn := make(chan struct{})
	release := sync.OnceFunc(func() { close(goOn) })
	defer release()
	w.log.set(func(l *database) {
		l.page = func() (*chatpb.SyncResponse, error) {
			syncing.Add(1)
			<-goOn
			return &chatpb.SyncResponse{NextSince: "t1"}, nil
		}
	})
	first, second, third := w.enter(from("1", "")), w.enter(from("2", "")), w.enter(from("3", ""))
	first.send(`{"id":"1","type":"sync"}`)
	eventually(t, "the first has its turn", func() bool { return syncing.Load() == 1 })
	second.send(`{"id":"2","type":"sync"}`)
	eventually(t, "the second waits, so nobody is let in", func() bool {
		ws, resp, err := w.dial(from("4", ""), "")
		if err == nil {
			require.NoError(t, ws.Close())
			return false
		}
		return resp.StatusCode == http.StatusServiceUnavailable
	})
	require.Positive(t, w.refused(from("4", ""), "").RetryAfterMs)
	third.send(`{"id":"3","type":"sync"}`)
	refused := third.next()
	require.Equal(t, "UNAVAILABLE", refused.Error.Reason)
	require.True(t, refused.Error.Retryable)
	require.Positive(t, refused.Error.RetryAfterMs)
	require.EqualValues(t, 1, syncing.Load())

	release()
	require.Equal(t, "ok", first.next().Type)
	require.Equal(t, "ok", second.next().Type)
	w.enter(from("4", ""))
}
