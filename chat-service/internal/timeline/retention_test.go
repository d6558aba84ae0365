package timeline_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/chat-service/internal/committer"
	"im-backend/chat-service/internal/message"
	"im-backend/chat-service/internal/retention"
	"im-backend/chat-service/internal/store"
	"im-backend/chat-service/internal/timeline"
	"im-backend/common/model"
	"im-backend/common/model/imchat"
	"im-backend/common/utils/errs"
)

// ageTo makes the entries of a conversation up to one two days older.
func (b *bench) ageTo(id string, upTo int64) {
	b.t.Helper()
	require.NoError(b.t, b.db.Exec("UPDATE messages SET created_at = created_at - ? WHERE conversation_id = ? AND seq <= ?",
		(48*time.Hour).Milliseconds(), id, upTo).Error)
}

// trim keeps the entries of groups for a day, and waits until a conversation has nothing up to an entry.
func (b *bench) trim(id string, upTo int64) {
	b.t.Helper()
	r := retention.New(retention.Config{GroupDays: 1, Batch: 3, Every: 10 * time.Millisecond, Lease: time.Minute}, store.New(b.db))
	r.Start()
	defer r.Stop()
	require.Eventually(b.t, func() bool {
		var oldest imchat.Message
		return b.db.Order("seq").Take(&oldest, "conversation_id = ?", id).Error == nil && oldest.Seq == upTo+1
	}, time.Minute, time.Millisecond)
}

func (b *bench) rows(table any, id string) int64 {
	b.t.Helper()
	var n int64
	require.NoError(b.t, b.db.Model(table).Where("conversation_id = ?", id).Count(&n).Error)
	return n
}

// lived makes a group in which seqs 2 to 9 are messages of user 2, with all that can stand beside them on 3 and on 8, and 2, 3 and
// 8 deleted by user 1, who has read up to 4.
func (b *bench) lived(id string) {
	b.t.Helper()
	b.append(id, true, as("owner", joined(2, false)), joined(1, false))
	for seq := int64(2); seq < 10; seq++ {
		var mentions []string
		if seq == 3 || seq == 6 || seq == 8 {
			mentions = []string{"1", "all"}
		}
		require.Equal(b.t, seq, b.sendText(2, id, "before", mentions...))
	}
	for _, target := range []int64{3, 8} {
		b.change(2, id, message.Edit, target, saying("after"), func(c *committer.Change) { c.Mentions = []string{"1", "all"} })
		b.change(1, id, message.Reaction, target, with("👍"))
		b.change(2, id, message.Pin, target)
	}
	ctx := context.Background()
	require.NoError(b.t, b.Delete(ctx, 1, id, []int64{2, 5, 8}, 0))
	_, err := b.MarkRead(ctx, 1, id, 4, 0)
	require.NoError(b.t, err)
}

func TestWhatIsTrimmedIsGoneAndTheRestIsAsItWas(t *testing.T) {
	t.Parallel()
	const id, last = "g:9", 15
	ctx := context.Background()
	for trimmed := int64(1); trimmed <= 9; trimmed++ {
		b := newBench(t)
		b.lived(id)
		b.ageTo(id, trimmed)
		b.trim(id, trimmed)

		c, err := b.GetConversation(ctx, 1, id)
		require.NoError(t, err)
		require.Equal(t, trimmed+1, viewOf(c).First())
		var unread, mentions int64
		for _, seq := range []int64{6, 7, 9} { // 5 and 8 it has deleted
			if seq > trimmed {
				unread++
			}
		}
		if trimmed < 6 {
			mentions++
		}
		require.Equal(t, unread, c.Unread, "trimmed to %d", trimmed)
		require.Equal(t, mentions, c.Mentions)
		for user := model.UserID(1); user <= 2; user++ {
			for _, e := range b.everywhere(user, id) {
				require.Greater(t, e.GetSeq(), trimmed)
			}
		}
		page, more, err := b.ListMessages(ctx, 2, id, timeline.Page{After: seq(0), Limit: 100})
		require.NoError(t, err)
		require.False(t, more)
		require.Equal(t, run(trimmed+1, last), seqsOf(page), "no hole")
		_, more, err = b.ListMessages(ctx, 2, id, timeline.Page{Before: seq(trimmed + 2), Limit: 1})
		require.NoError(t, err)
		require.False(t, more, "there is nothing before")
		pins, err := b.ListPins(ctx, 2, id)
		require.NoError(t, err)
		kept := map[bool]int64{true: 1, false: 2}[trimmed >= 3]
		if trimmed >= 8 {
			kept = 0
		}
		require.Len(t, pins, int(kept))
		for _, table := range []any{&imchat.MessageEdit{}, &imchat.MessageReaction{}, &imchat.ReactionCount{}, &imchat.PinnedMessage{}} {
			require.Equal(t, kept, b.rows(table, id))
		}
		require.Equal(t, last+1, int(b.send(2, id)), "the log goes on")
	}
}

func TestWhatIsTrimmedCannotBeTouched(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const id = "g:9"
	b.lived(id)
	b.ageTo(id, 4)
	b.trim(id, 4)
	for _, c := range []committer.Change{
		{User: 2, Kind: message.Recall, Target: 4},
		{System: true, Kind: message.Recall, Target: 4},
		{User: 2, Kind: message.Reaction, Target: 4, Emoji: "👍"},
		{User: 2, Kind: message.Pin, Target: 4},
	} {
		_, err := b.committer.Store(t.Context(), committer.Job{To: b.address(id), Change: &c})
		require.ErrorIs(t, err, errs.ErrMessageNotFound)
	}
	_, err := b.ListReaders(t.Context(), 2, id, 4, 0, "")
	require.ErrorIs(t, err, errs.ErrMessageNotFound)
	_, err = b.Messages(t.Context(), 2, id, []int64{4})
	require.ErrorIs(t, err, errs.ErrMessageNotFound)
	seq, err := b.MarkRead(t.Context(), 1, id, 6, 0)
	require.NoError(t, err)
	require.EqualValues(t, 6, seq)
	c, err := b.GetConversation(t.Context(), 1, id)
	require.NoError(t, err)
	require.EqualValues(t, 2, c.Unread, "7 and 9")
}

// TestALogMayBeTrimmedWhole also has a former member and blocks of search.
func TestALogMayBeTrimmedWhole(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const id = "g:9"
	b.append(id, true, as("owner", joined(2, false)), joined(1, false))
	for range 140 {
		b.send(2, id)
	}
	b.append(id, false, left(1))
	for block := range int64(2) {
		require.NoError(t, b.db.Create(&imchat.SearchBlock{ConversationID: id, Block: block, Filter: []byte{1}}).Error)
	}
	head := b.send(2, id)
	b.ageTo(id, head)
	newest := b.send(2, id)
	b.trim(id, head)
	require.EqualValues(t, 1, b.rows(&imchat.SearchBlock{}, id))
	c, err := b.GetConversation(t.Context(), 1, id)
	require.NoError(t, err)
	require.Zero(t, c.Unread)
	require.Nil(t, c.Last)
	entries, more, err := b.ListMessages(t.Context(), 1, id, timeline.Page{})
	require.NoError(t, err)
	require.False(t, more)
	require.Empty(t, entries)
	b.append(id, false, joined(3, true))
	entries, _, err = b.ListMessages(t.Context(), 3, id, timeline.Page{})
	require.NoError(t, err)
	require.Equal(t, []int64{newest, newest + 1}, seqsOf(entries), "history begins where it is kept")
}
