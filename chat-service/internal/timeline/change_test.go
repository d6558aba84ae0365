package timeline_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/chat-service/internal/committer"
	"im-backend/chat-service/internal/message"
	"im-backend/chat-service/internal/timeline"
	"im-backend/common/model"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/errs"
)

// change stores a change and answers its seq.
func (b *bench) change(user model.UserID, id, kind string, target int64, with ...func(*committer.Change)) int64 {
	b.t.Helper()
	c := committer.Change{User: user, Kind: kind, Target: target}
	for _, w := range with {
		w(&c)
	}
	return b.store(committer.Job{To: b.address(id), Change: &c})
}

func saying(text string) func(*committer.Change) {
	return func(c *committer.Change) { c.Content = fmt.Appendf(nil, `{"text":%q}`, text) }
}

func with(emoji string) func(*committer.Change) {
	return func(c *committer.Change) { c.Emoji = emoji }
}

// everywhere is all that a user can be answered of a conversation.
func (b *bench) everywhere(user model.UserID, id string) []*logpb.Entry {
	b.t.Helper()
	ctx := context.Background()
	var all []*logpb.Entry
	for _, p := range []timeline.Page{{}, {Limit: 3}, {After: seq(0), Limit: 200}, {Before: seq(4), Limit: 2}, {After: seq(1), Limit: 1}} {
		entries, _, err := b.ListMessages(ctx, user, id, p)
		require.NoError(b.t, err)
		all = append(all, entries...)
	}
	for _, named := range [][]timeline.Position{nil, {{ConversationID: id}}, {{ConversationID: id, AfterSeq: 1, Limit: 1}}} {
		for _, c := range b.sync(user, "", 0, named...).Conversations {
			all = append(append(all, c.Messages...), c.Last)
		}
	}
	c, err := b.GetConversation(ctx, user, id)
	require.NoError(b.t, err)
	return append(all, c.Last)
}

func TestACacheThatMissedARecallIsNotTrusted(t *testing.T) {
	t.Parallel()
	for _, missed := range []bool{false, true} {
		for after := range 3 { // entries that the cache gets after the recall
			b := newBench(t)
			b.send(1, "s:1:2")
			secret := b.sendText(1, "s:1:2", "secret")
			b.sendText(1, "s:1:2", "open")
			edited := b.sendText(1, "s:1:2", "frist")
			contents := func() string {
				var all string
				for _, e := range b.everywhere(2, "s:1:2") {
					all += string(e.GetContent())
				}
				return all
			}
			require.Contains(t, contents(), "secret")
			if missed {
				b.redis.SetError("away")
			}
			b.change(1, "s:1:2", message.Recall, secret)
			b.change(1, "s:1:2", message.Edit, edited, saying("first"))
			b.redis.SetError("")
			for range after {
				b.send(2, "s:1:2")
			}
			require.NotContains(t, contents(), "secret", "missed %v, after %d", missed, after)
			require.NotContains(t, contents(), "frist")
			require.Contains(t, contents(), "open")
		}
	}
}

func TestADeliveryThatComesAgainBringsNothingBack(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	secret := b.sendText(1, "s:1:2", "secret")
	old, _, err := b.ListMessages(context.Background(), 2, "s:1:2", timeline.Page{})
	require.NoError(t, err)
	b.change(1, "s:1:2", message.Recall, secret)
	require.Eventually(t, func() bool { // the recall is noted after its answer
		kept, err := b.redis.ZMembers("conv:{s:1:2}:recent")
		return err == nil && len(kept) == 1 && strings.Contains(kept[0], "recall")
	}, time.Minute, time.Millisecond)
	b.Enqueue(0, old)
	kept, err := b.redis.ZMembers("conv:{s:1:2}:recent")
	require.NoError(t, err)
	require.Len(t, kept, 2, "the cache is whole, and wrong")
	for _, e := range b.everywhere(2, "s:1:2") {
		require.NotContains(t, string(e.GetContent()), "secret")
	}
}

func TestARecallIsAlsoGoneFromTheCacheItself(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	secret := b.sendText(1, "s:1:2", "secret")
	b.change(1, "s:1:2", message.Recall, secret)
	b.send(1, "s:1:2")
	require.Eventually(t, func() bool {
		kept, err := b.redis.ZMembers("conv:{s:1:2}:recent")
		return err == nil && len(kept) == 2
	}, time.Minute, time.Millisecond)
	kept, err := b.redis.ZMembers("conv:{s:1:2}:recent")
	require.NoError(t, err)
	for _, k := range kept {
		require.NotContains(t, k, "secret")
	}
}

func TestReactionsStandBesideTheirMessageWhereverItComesFrom(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	target := b.send(1, "s:1:2")
	b.change(1, "s:1:2", message.Reaction, target, with("👍"))
	last := b.change(2, "s:1:2", message.Reaction, target, with("👍"))
	found := 0
	for _, e := range b.everywhere(2, "s:1:2") {
		if e.GetSeq() != target {
			require.Empty(t, e.GetReactions())
			continue
		}
		found++
		require.Len(t, e.GetReactions(), 1)
		require.EqualValues(t, 2, e.GetReactions()[0].GetCount())
		require.True(t, e.GetReactions()[0].GetMine())
		require.Equal(t, last, e.GetReactionSeq())
	}
	require.Greater(t, found, 3)
}

func TestMessagesAreReadInsideTheWindowOnly(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx := context.Background()
	b.append("g:9", true, joined(1, false))
	before := b.send(1, "g:9")
	b.append("g:9", false, joined(2, false))
	inside := b.send(1, "g:9")
	got, err := b.Messages(ctx, 2, "g:9", []int64{inside})
	require.NoError(t, err)
	require.Equal(t, []int64{inside}, seqsOf(got))
	for name, seq := range map[string]int64{"before": before, "a system entry": 1, "nothing": 99} {
		_, err = b.Messages(ctx, 2, "g:9", []int64{inside, seq})
		require.ErrorIs(t, err, errs.ErrMessageNotFound, name)
		_, err = b.ListEdits(ctx, 2, "g:9", seq)
		require.ErrorIs(t, err, errs.ErrMessageNotFound, name)
	}
	_, err = b.Messages(ctx, 3, "g:9", []int64{inside})
	require.ErrorIs(t, err, errs.ErrConversationNotFound)
}

func TestAnEditDoesNotBringBackWhatItsReaderDoesNotHave(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	ctx := context.Background()
	b.append("g:9", true, joined(1, false), joined(2, false), joined(3, false))
	target := b.sendText(2, "g:9", "first secret")
	b.change(2, "g:9", message.Edit, target, saying("second secret"))
	b.append("g:9", false, joined(4, false)) // sees neither
	require.NoError(t, b.Delete(ctx, 1, "g:9", []int64{target}, 0))
	require.NoError(t, b.Clear(ctx, 3, "g:9", 5))
	b.change(2, "g:9", message.Edit, target, saying("third secret"))
	for user := model.UserID(1); user <= 4; user++ {
		has := false
		for _, e := range b.everywhere(user, "g:9") {
			has = has || strings.Contains(string(e.GetContent()), "secret")
			if e.GetType() == message.Edit {
				require.Equal(t, target, message.Target(e.GetContent()))
			}
		}
		require.Equal(t, user == 2, has, "user %d", user)
	}
}

// textOf is what a message says to a user wherever it is answered.
func (b *bench) textOf(user model.UserID, id string, target int64) (text string, editedAt int64) {
	b.t.Helper()
	found := 0
	for _, e := range b.everywhere(user, id) {
		if e.GetSeq() == target {
			require.True(b.t, found == 0 || text == string(e.GetContent()), "the same everywhere")
			text, editedAt = string(e.GetContent()), e.GetEditedAt()
			require.Empty(b.t, e.GetReactions(), "of those that came meanwhile")
			found++
		}
	}
	require.Positive(b.t, found)
	return text, editedAt
}

func TestWhatWasDoneToAMessageWhileItsReaderWasAwayIsNotForIt(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.append("g:9", true, joined(1, false), joined(2, false))
	edited, recalled := b.sendText(1, "g:9", "one"), b.sendText(1, "g:9", "secret")
	b.append("g:9", false, left(2))
	b.change(1, "g:9", message.Edit, edited, saying("two"))
	b.change(1, "g:9", message.Reaction, edited, with("👍"))
	b.change(1, "g:9", message.Recall, recalled)
	b.append("g:9", false, joined(2, false))
	text, editedAt := b.textOf(2, "g:9", edited)
	require.JSONEq(t, `{"text":"one"}`, text)
	require.Zero(t, editedAt)
	text, _ = b.textOf(2, "g:9", recalled)
	require.JSONEq(t, `{}`, text, "what is recalled is gone for everybody")

	b.change(1, "g:9", message.Edit, edited, saying("three"))
	text, editedAt = b.textOf(2, "g:9", edited)
	require.JSONEq(t, `{"text":"three"}`, text, "an edit that the reader is shown itself")
	require.Positive(t, editedAt)
	b.append("g:9", false, left(2))
	b.change(1, "g:9", message.Edit, edited, saying("four"))
	text, _ = b.textOf(2, "g:9", edited)
	require.JSONEq(t, `{"text":"three"}`, text)
	text, _ = b.textOf(1, "g:9", recalled)
	require.JSONEq(t, `{}`, text)
}
