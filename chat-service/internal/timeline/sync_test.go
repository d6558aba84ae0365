package timeline_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"im-backend/chat-service/internal/timeline"
	"im-backend/common/model"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/errs"
)

func (b *bench) sync(user model.UserID, since string, limit int32, named ...timeline.Position) *timeline.SyncPage {
	b.t.Helper()
	page, err := b.Sync(context.Background(), user, since, limit, named)
	require.NoError(b.t, err)
	return page
}

// idsOf answers the conversations of a page, sorted.
func idsOf(page *timeline.SyncPage) []string {
	ids := []string{}
	for _, c := range page.Conversations {
		ids = append(ids, c.ID)
	}
	slices.Sort(ids)
	return ids
}

func TestSyncAnswersWhatChangedAndNothingElse(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for range 25 {
		b.send(2, "s:1:2")
	}
	b.send(1, "s:1:3")
	b.append("g:9", true, joined(1, false), joined(4, false))
	page := b.sync(1, "", 0)
	require.Equal(t, []string{"g:9", "s:1:2", "s:1:3"}, idsOf(page))
	require.False(t, page.More || page.Reset)
	for _, c := range page.Conversations {
		if c.ID == "s:1:2" {
			require.Equal(t, run(6, 25), seqsOf(c.Messages), "the newest 20")
			require.True(t, c.HasMore)
		} else {
			require.Equal(t, []int64{1}, seqsOf(c.Messages))
			require.False(t, c.HasMore)
		}
	}
	empty := b.sync(1, page.NextSince, 0)
	require.Empty(t, empty.Conversations)
	for _, change := range []struct {
		what string
		do   func()
		want string
	}{
		{"a message", func() { b.send(2, "s:1:2") }, "s:1:2"},
		{"my read position", func() { _, _ = b.MarkRead(context.Background(), 1, "s:1:2", 26, 0) }, "s:1:2"},
		{"another message", func() { b.send(4, "g:9") }, "g:9"},
		{"my leaving", func() { b.append("g:9", false, left(1)) }, "g:9"},
		{"what is not for me", func() { b.send(4, "g:9"); b.send(2, "s:2:3") }, ""},
		{"my return", func() { b.append("g:9", false, joined(1, false)) }, "g:9"},
		{"a notification", func() { b.append("n:1", false) }, "n:1"},
	} {
		since := empty.NextSince
		change.do()
		empty = b.sync(1, since, 0)
		want := []string{}
		if change.want != "" {
			want = append(want, change.want)
		}
		require.Equal(t, want, idsOf(empty), change.what)
		require.Equal(t, want, idsOf(b.sync(1, since, 0)), "a token may be used again")
		require.Empty(t, b.sync(1, empty.NextSince, 0).Conversations)
	}
}

func TestNamedConversationsAnswerWhatTheDeviceMisses(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	for range 60 {
		b.send(2, "s:1:2")
		b.send(3, "s:1:3")
	}
	since := b.sync(1, "", 0).NextSince
	b.send(3, "s:1:3")
	page := b.sync(1, since, 0,
		timeline.Position{ConversationID: "s:1:2", AfterSeq: 5, Limit: 10}, // not changed
		timeline.Position{ConversationID: "s:1:3", AfterSeq: 2},            // changed
		timeline.Position{ConversationID: "s:1:404"},
		timeline.Position{ConversationID: "s:2:3"}, // not mine
	)
	require.Equal(t, []string{"s:1:2", "s:1:3"}, idsOf(page))
	for _, c := range page.Conversations {
		require.True(t, c.HasMore)
		if c.ID == "s:1:2" {
			require.Equal(t, run(6, 15), seqsOf(c.Messages))
		} else {
			require.Equal(t, run(3, 52), seqsOf(c.Messages))
		}
	}
	last := b.sync(1, page.NextSince, 0, timeline.Position{ConversationID: "s:1:2", AfterSeq: 50, Limit: 200})
	require.Equal(t, run(51, 60), seqsOf(last.Conversations[0].Messages))
	require.False(t, last.Conversations[0].HasMore)

	_, err := b.Sync(context.Background(), 1, "", 0, []timeline.Position{{ConversationID: "s:1:2", Limit: 201}})
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
	_, err = b.Sync(context.Background(), 1, "", 0, make([]timeline.Position, 201))
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
}

func TestAnUnknownTokenStartsOver(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.send(1, "s:1:2")
	mine := b.sync(1, "", 0).NextSince
	for _, bad := range []string{"x", "!!", mine + "x", mine[:len(mine)/2], b.sync(2, "", 0).NextSince} {
		page := b.sync(1, bad, 0)
		require.True(t, page.Reset, bad)
		require.Equal(t, []string{"s:1:2"}, idsOf(page))
		require.Empty(t, b.sync(1, page.NextSince, 0).Conversations)
	}
}

func TestAPageOfLargeMessagesIsCutAndTheRestFollows(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	large := strings.Repeat("x", 16<<10)
	const conversations, each = 15, 30
	for peer := range conversations {
		for range each {
			b.sendText(1, fmt.Sprintf("s:1:%d", peer+2), large)
		}
	}
	sizeOf := func(page *timeline.SyncPage) (size int) {
		for _, c := range page.Conversations {
			for _, e := range append(c.Messages, c.Last) {
				size += len(e.GetContent())
			}
		}
		return size
	}
	page := b.sync(1, "", 0)
	require.Len(t, page.Conversations, conversations)
	require.Less(t, sizeOf(page), 5<<20)

	have := map[string]int64{}
	for rounds := 0; ; rounds++ {
		require.Less(t, rounds, 10, "every request makes headway")
		var missing []timeline.Position
		for peer := range conversations {
			if id := fmt.Sprintf("s:1:%d", peer+2); have[id] < each {
				missing = append(missing, timeline.Position{ConversationID: id, AfterSeq: have[id], Limit: 200})
			}
		}
		if len(missing) == 0 {
			break
		}
		page := b.sync(1, page.NextSince, 0, missing...)
		require.Less(t, sizeOf(page), 5<<20)
		for _, c := range page.Conversations {
			for _, e := range c.Messages {
				require.Equal(t, have[c.ID]+1, e.GetSeq())
				have[c.ID]++
			}
			require.Equal(t, have[c.ID] < each, c.HasMore)
		}
	}
}

// device holds what syncs have told one user.
type device struct {
	user  model.UserID
	since string
	held  map[string]map[int64]bool
	seen  map[string][3]int64 // head, read position, unread
}

func newDevice(user model.UserID) *device {
	return &device{user: user, held: map[string]map[int64]bool{}, seen: map[string][3]int64{}}
}

func stateOf(c *timeline.Conversation) [3]int64 {
	return [3]int64{c.View.Visible(), c.View.ReadSeq, c.Unread}
}

// page takes one page and fetches what is missing between its entries and those that the device has.
func (d *device) page(b *bench, limit int32) (more bool) {
	page := b.sync(d.user, d.since, limit)
	require.False(b.t, page.Reset)
	require.LessOrEqual(b.t, len(page.Conversations), int(limit))
	for _, c := range page.Conversations {
		if d.held[c.ID] == nil {
			d.held[c.ID] = map[int64]bool{}
		}
		d.take(c.ID, c.Messages)
		d.seen[c.ID] = stateOf(c.Conversation)
		for before := c.Messages; c.HasMore && !d.held[c.ID][before[0].GetSeq()-1]; {
			first := before[0].GetSeq()
			entries, older, err := b.ListMessages(context.Background(), d.user, c.ID, timeline.Page{Before: &first})
			require.NoError(b.t, err)
			d.take(c.ID, entries)
			if before = entries; !older {
				break
			}
		}
	}
	d.since = page.NextSince
	return page.More
}

func (d *device) take(id string, entries []*logpb.Entry) {
	for _, e := range entries {
		d.held[id][e.GetSeq()] = true
	}
}

func TestADeviceThatSyncsAmongCommitsMissesNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	next := model.UserID(0)
	rapid.Check(t, func(t *rapid.T) {
		next += 100
		me := next
		var conversations []string
		for peer := range model.UserID(6) {
			conversations = append(conversations, string(model.SingleID(me, me+1+peer)))
		}
		group := fmt.Sprintf("g:%d", me)
		b.append(group, true, joined(me, false), joined(me+1, false))
		present := true
		d := newDevice(me)
		for range rapid.IntRange(5, 25).Draw(t, "steps") {
			switch rapid.SampledFrom([]string{"commit", "commit", "commit", "late", "group", "member", "read", "sync", "sync"}).Draw(t, "do") {
			case "commit":
				for range rapid.IntRange(1, 4).Draw(t, "burst") {
					b.send(me, rapid.SampledFrom(conversations).Draw(t, "to"))
				}
			case "late": // its transaction took long: the stamp is older than its commit
				id := rapid.SampledFrom(conversations).Draw(t, "to")
				b.send(me, id)
				b.backdate(id, rapid.Int64Range(1, 8000).Draw(t, "ms"))
			case "group":
				b.send(me+1, group)
			case "member":
				if present = !present; present {
					b.append(group, false, joined(me, false))
				} else {
					b.append(group, false, left(me))
				}
			case "read":
				_, err := b.MarkRead(context.Background(), me, group, 1_000, 0)
				require.NoError(t, err)
			case "sync":
				d.page(b, rapid.Int32Range(1, 5).Draw(t, "limit"))
			}
		}
		for pages := 0; d.page(b, 2); pages++ {
			require.Less(t, pages, 40, "it knows when it is done")
		}
		b.checkDevice(t, d)
		require.Empty(t, b.sync(me, d.since, 0).Conversations, "nothing changed since")
	})
}

func (b *bench) backdate(id string, ms int64) {
	b.t.Helper()
	require.NoError(b.t, b.db.Exec("UPDATE conversations SET updated_at = updated_at - ? WHERE id = ?", ms, id).Error)
	require.NoError(b.t, b.db.Exec("UPDATE user_conversations SET updated_at = updated_at - ? WHERE conversation_id = ?", ms, id).Error)
}

func (b *bench) checkDevice(t *rapid.T, d *device) {
	list, _, err := b.ListConversations(context.Background(), d.user, false, 200, "")
	require.NoError(t, err)
	require.Len(t, d.seen, len(list))
	for _, c := range list {
		require.Equal(t, stateOf(c), d.seen[c.ID], c.ID)
		entries, _, err := b.ListMessages(context.Background(), d.user, c.ID, timeline.Page{Limit: 200})
		require.NoError(t, err)
		require.Len(t, d.held[c.ID], len(entries))
		for _, e := range entries {
			require.True(t, d.held[c.ID][e.GetSeq()], "%s %d", c.ID, e.GetSeq())
		}
	}
}

func TestMoreChangesThanATokenRemembersAreAllAnswered(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	const conversations = 450
	for peer := range conversations {
		b.send(1, fmt.Sprintf("s:1:%d", peer+2))
	}
	d := newDevice(1)
	for pages := 0; d.page(b, 100); pages++ {
		require.Less(t, pages, 10)
	}
	require.Len(t, d.seen, conversations)
	b.send(1, "s:1:2")
	for pages := 0; d.page(b, 100); pages++ {
		require.Less(t, pages, 10, "what is answered again has an end too")
	}
	require.EqualValues(t, 2, d.seen["s:1:2"][0])
	require.Less(t, len(d.since), 6000, "a token stays short")
}

func BenchmarkSyncOfAThousandConversations(b *testing.B) {
	bench := newBench(b)
	for peer := range 1000 {
		bench.send(1, fmt.Sprintf("s:1:%d", peer+2))
	}
	var worst time.Duration
	for b.Loop() {
		began := time.Now()
		bench.sync(1, "", 50)
		worst = max(worst, time.Since(began))
	}
	b.ReportMetric(float64(worst.Microseconds()), "worst-µs")
}
