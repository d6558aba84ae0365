package timeline_test

import (
	"context"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/chat-service/internal/timeline"
	"im-backend/common/model"
	"im-backend/common/proto/gen/logpb"
)

func TestAGroupThatSyncsAfterTheCacheWasLostGetsEverythingWhileItGrows(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const members = 30
	var all []*logpb.MemberChange
	for user := range model.UserID(members) {
		all = append(all, joined(user+1, false))
	}
	b.append("g:9", true, all...)
	for range 40 {
		b.send(1, "g:9")
	}
	b.redis.FlushAll()
	var storm sync.WaitGroup
	storm.Go(func() {
		for range 20 {
			b.send(2, "g:9")
		}
	})
	for user := range model.UserID(members) {
		storm.Go(func() {
			last := int64(0)
			for range 10 {
				page, err := b.Sync(context.Background(), user+1, "", 0, nil)
				require.NoError(t, err)
				c := page.Conversations[0]
				head := c.View.Visible()
				require.GreaterOrEqual(t, head, last, "what was seen stays")
				require.Equal(t, run(head-19, head), seqsOf(c.Messages))
				require.True(t, c.HasMore)
				older, more := b.history(user+1, "g:9", timeline.Page{Before: &c.Messages[0].Seq, Limit: 200})
				require.Equal(t, run(1, head-20), older)
				require.False(t, more)
				last = head
			}
		})
	}
	storm.Wait()
}
