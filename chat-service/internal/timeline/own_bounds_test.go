package timeline_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"im-backend/chat-service/internal/committer"
	"im-backend/chat-service/internal/message"
	"im-backend/common/model"
	"im-backend/common/utils/errs"
)

func TestAClearIsARead(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx := context.Background()
	last := b.send(2, "s:1:2")
	since := b.sync(2, "", 0).NextSince
	require.NoError(t, b.Clear(ctx, 1, "s:1:2", 5))
	require.Equal(t, readEvent{"s:1:2", 1, last}, b.reads.seen[len(b.reads.seen)-1])
	page := b.sync(2, since, 0)
	require.Len(t, page.Conversations, 1, "the peer's devices that were away learn it too")
	require.Equal(t, last, page.Conversations[0].Their.ReadSeq)
	told := len(b.reads.seen)
	require.NoError(t, b.Clear(ctx, 1, "s:1:2", 5))
	require.Len(t, b.reads.seen, told, "nothing was unread")
}

func TestOnlyAMessageBringsAHiddenConversationBack(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.append("g:9", true, joined(1, false), joined(2, false))
	target := b.send(2, "g:9")
	require.NoError(t, b.Hide(context.Background(), 1, "g:9", 5))
	b.change(2, "g:9", message.Reaction, target, with("👍"))
	b.append("g:9", false, joined(3, false))
	ids, _ := b.pageOf(0, "")
	require.Empty(t, ids)
	require.True(t, b.conversation(1, "g:9").View.Hidden())
	b.send(2, "g:9")
	ids, _ = b.pageOf(0, "")
	require.Equal(t, []string{"g:9"}, ids)
	require.False(t, b.conversation(1, "g:9").View.Hidden())
}

// try stores a change or a reply and answers its error.
func (b *bench) try(j committer.Job) error {
	_, err := b.committer.Store(context.Background(), j)
	return err
}

func TestNobodyNamesAMessageThatItDoesNotHave(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx := context.Background()
	b.append("g:9", true, joined(1, false))
	before := b.send(1, "g:9")
	b.append("g:9", false, joined(2, false), joined(3, false), joined(4, false))
	inside := b.send(1, "g:9")
	require.NoError(t, b.Delete(ctx, 3, "g:9", []int64{inside}, 0))
	require.NoError(t, b.Clear(ctx, 4, "g:9", 0))
	for name, tc := range map[string]struct {
		user model.UserID
		seq  int64
		want error
	}{
		"its own window":   {2, inside, nil},
		"before it":        {2, before, errs.ErrMessageNotFound},
		"deleted":          {3, inside, errs.ErrMessageNotFound},
		"cleared":          {4, inside, errs.ErrMessageNotFound},
		"not there at all": {2, 99, errs.ErrMessageNotFound},
	} {
		reply, err := message.New("reply-"+name[:3], "text", []byte(`{"text":"x"}`), tc.seq, nil)
		require.NoError(t, err)
		require.ErrorIs(t, b.try(committer.Job{To: b.address("g:9"), Send: &committer.Send{Sender: tc.user, Message: reply}}), tc.want, name)
		reaction := committer.Change{User: tc.user, Kind: message.Reaction, Target: tc.seq, Emoji: "👍"}
		require.ErrorIs(t, b.try(committer.Job{To: b.address("g:9"), Change: &reaction}), tc.want, name)
	}
}
