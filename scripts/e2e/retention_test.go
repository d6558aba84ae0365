package e2e_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestOldMessagesGoAndTheLogGoesOn boots a system that keeps the messages of two people for some seconds.
func TestOldMessagesGoAndTheLogGoesOn(t *testing.T) {
	t.Parallel()
	s := ownSystem(t, map[string]string{"CHAT_SINGLE_DAYS": "0.00005", "CHAT_RETENTION_EVERY": "1s"})
	a, b := newPersonOn(t, s), newPersonOn(t, s)
	befriend(t, a, b)
	id := single(a, b)
	_, groupID := group(t, a, b)
	inGroup := a.say(groupID, "for ever")
	var last int64
	for range 30 {
		last = a.say(id, "for a while").Seq
	}
	require.NoError(t, a.Pin(t.Context(), id, last))
	eventually(t, "the log is trimmed", func(context.Context) bool {
		c, err := b.Conversation(t.Context(), id)
		require.NoError(t, err)
		return c.MinSeq > last
	})
	c, err := b.Conversation(t.Context(), id)
	require.NoError(t, err)
	require.Zero(t, c.Unread)
	page, err := b.HistoryAfter(t.Context(), id, 0, 200)
	require.NoError(t, err)
	require.False(t, page.HasMore)
	for _, m := range page.Items {
		require.GreaterOrEqual(t, m.Seq, c.MinSeq)
	}
	pins, err := b.Pins(t.Context(), id)
	require.NoError(t, err)
	require.Empty(t, pins)
	require.NoError(t, b.MarkRead(t.Context(), id, last), "a position among what is gone is one")
	next := a.say(id, "now")
	require.Equal(t, last+2, next.Seq, "after the pin")
	require.JSONEq(t, `{"text":"for ever"}`, string(b.entry(groupID, inGroup.Seq).Content))
}
