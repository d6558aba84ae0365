package timeline_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/chat-service/internal/store"
	"im-backend/common/model"
	"im-backend/common/proto/gen/logpb"
)

func TestAMemberOfALargeGroupWhoWasAwayFindsEverything(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const away, kicked, members = model.UserID(650), model.UserID(651), 700
	var changes []*logpb.MemberChange
	for user := model.UserID(1); user <= members; user++ {
		changes = append(changes, joined(user, false))
	}
	as("owner", changes[0])
	b.append("g:9", true, changes...)
	since := b.sync(away, "", 0).NextSince
	b.heads(time.Now().UnixMilli(), int64(away), int64(kicked))
	b.age(t)
	for range 30 {
		b.send(2, "g:9")
	}
	b.send(1, "g:9", "all")
	b.append("g:9", false, left(kicked)) // seq 33
	b.send(2, "g:9", away.String())
	b.note(nil, true, "g:9")

	page := b.sync(away, since, 0)
	require.Equal(t, []string{"g:9"}, idsOf(page))
	c := page.Conversations[0]
	require.EqualValues(t, 32, c.Unread)
	require.Positive(t, c.Mentions)
	require.Equal(t, run(15, 34), seqsOf(c.Messages))
	require.ElementsMatch(t, []store.HeadRow{head(int64(away), "g:9", 34), head(int64(kicked), "g:9", 33)},
		b.heads(time.Now().UnixMilli(), int64(away), int64(kicked), 701))

	_, err := b.MarkRead(context.Background(), away, "g:9", 32, 0)
	require.NoError(t, err)
	one, err := b.GetConversation(context.Background(), away, "g:9")
	require.NoError(t, err)
	require.Positive(t, one.Mentions, "the message to it alone is unread")
	require.EqualValues(t, 1, one.Unread)
	former, err := b.GetConversation(context.Background(), kicked, "g:9")
	require.NoError(t, err)
	require.EqualValues(t, 31, former.Unread)
	require.Positive(t, former.Mentions)
	_, err = b.MarkRead(context.Background(), kicked, "g:9", 33, 0)
	require.NoError(t, err)
	b.send(1, "g:9", "all")
	former, err = b.GetConversation(context.Background(), kicked, "g:9")
	require.NoError(t, err)
	require.Zero(t, former.Mentions, "what mentions all afterwards is not for it")
}
