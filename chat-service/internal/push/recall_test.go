package push_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/chat-service/internal/push/pushtest"
	"im-backend/common/utils/errs"
)

func TestARecallIsToldToEveryGatewayBeforeItIsDone(t *testing.T) {
	t.Parallel()
	well, dead, stuck := pushtest.Start(t, "well"), pushtest.Start(t, "dead"), pushtest.Start(t, "stuck")
	b := newBench(t, well, dead, stuck)
	ctx := context.Background()
	require.NoError(t, b.Recall(ctx, "s:1:2", 7, 50))
	for _, g := range []*pushtest.Gateway{well, dead, stuck} {
		require.Len(t, g.Recalls(), 1)
		require.Equal(t, int64(7), g.Recalls()[0].GetSeq())
		require.Equal(t, int64(50), g.Recalls()[0].GetRecalledAt())
	}
	dead.Stop()
	require.NoError(t, b.Recall(ctx, "s:1:2", 8, 50), "a process that is gone has no connections")
	stuck.Hang(true)
	require.ErrorIs(t, b.Recall(ctx, "s:1:2", 9, 50), errs.ErrUnavailable, "it may have the content")
	require.Len(t, well.Recalls(), 3)
	go func() { stuck.Hang(false) }()
	require.NoError(t, b.Recall(ctx, "s:1:2", 9, 50))
	stuck.Hang(true)
	b.living(well)
	require.NoError(t, b.Recall(ctx, "s:1:2", 9, 50), "its lease has ended")
}

// TestWhatAGatewayGetsLateIsReadAgainFirst has a gateway whose first stream acknowledges nothing: what it carried goes again over
// the next one, seconds later.
func TestWhatAGatewayGetsLateIsReadAgainFirst(t *testing.T) {
	t.Parallel()
	g := pushtest.Start(t, "silent")
	b := newBench(t, g)
	g.Silence(true)
	b.push(entry("x", 1, 100, 1))
	eventually(t, func() bool { return len(g.Items()) == 1 }, "the first time")
	require.Zero(t, b.renewed.Load(), "what is new is sent as it is")
	b.push(entry("x", 2, 100, 1))
	b.away.Store(true)
	require.Eventually(t, func() bool { return g.Streams() > 2 }, time.Minute, 5*time.Millisecond, "no stream carries it unread")
	require.Len(t, g.Items(), 2)
	g.Silence(false)
	b.away.Store(false)
	require.Eventually(t, func() bool { return len(g.Items()) == 4 }, time.Minute, 5*time.Millisecond, "again")
	for _, item := range g.Items()[2:] {
		require.Equal(t, "{}", string(item.GetEntry().GetContent()))
		require.Equal(t, []int64{1}, item.GetUserIds())
	}
	b.pushRun("y", 1, 3)
	eventually(t, func() bool { return len(g.Seqs("y")) == 3 }, "and it goes on")
}
