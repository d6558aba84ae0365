package search_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/chat-service/internal/search"
	"im-backend/chat-service/internal/store"
	"im-backend/chat-service/internal/storetest"
	"im-backend/chat-service/internal/timeline"
	"im-backend/common/model/imchat"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/dbx"
	"im-backend/common/utils/errs"
)

// bench is a database whose rows a test writes itself, and searches in it.
type bench struct {
	t   *testing.T
	db  *dbx.DB
	st  *store.Store
	now int64 // when the last message was made
	ids int64 // how many messages there are
	// still has the next message made in the millisecond of the last one.
	still bool
	*search.Search
	config search.Config
}

func newBench(t *testing.T) *bench {
	t.Helper()
	st, db := storetest.Open(t)
	b := &bench{t: t, db: db, st: st, now: 1000, config: search.Config{PerMinute: 1_000_000, PerDay: 1_000_000, AtOnce: 4, Entries: 20_000}}
	b.open()
	return b
}

func (b *bench) open() {
	b.Search = search.New(b.config, b.st, timeline.New(b.st, nil, nil, nil, nil))
}

// member gives a user a conversation, with a change of its window.
func (b *bench) member(user int64, id string, change ...func(*imchat.UserConversation)) {
	b.t.Helper()
	row := &imchat.UserConversation{UserID: user, ConversationID: id, MinSeq: 1, Role: "member", UpdatedAt: b.now}
	for _, c := range change {
		c(row)
	}
	require.NoError(b.t, b.db.Create(row).Error)
}

// say appends texts to a conversation, each a millisecond after the one before.
func (b *bench) say(id string, texts ...string) {
	b.t.Helper()
	rows := make([]*imchat.Message, len(texts))
	for i, text := range texts {
		rows[i] = &imchat.Message{Type: "text", Content: fmt.Appendf(nil, `{"text":%q}`, text)}
	}
	b.append(id, rows)
}

func (b *bench) entry(id, kind, content string, change ...func(*imchat.Message)) {
	b.t.Helper()
	m := &imchat.Message{Type: kind, Content: []byte(content)}
	b.append(id, []*imchat.Message{m}, change...)
}

// append gives entries of one conversation their places.
func (b *bench) append(id string, rows []*imchat.Message, change ...func(*imchat.Message)) {
	b.t.Helper()
	head, err := b.st.Head(b.t.Context(), id)
	require.NoError(b.t, err)
	if head == nil {
		head = &imchat.Conversation{ID: id, Type: id[:1]}
	}
	for _, m := range rows {
		if !b.still {
			b.now++
		}
		b.ids++
		head.MaxSeq, head.UpdatedAt = head.MaxSeq+1, b.now
		m.ConversationID, m.Seq, m.MessageID, m.CreatedAt = id, head.MaxSeq, b.now<<20|b.ids, b.now
		m.SenderID, m.ClientMsgID = 1, fmt.Sprint("c", b.ids)
		for _, c := range change {
			c(m)
		}
	}
	require.NoError(b.t, b.db.Save(head).Error)
	require.NoError(b.t, b.db.CreateInBatches(rows, 500).Error)
}

func from(user int64) func(*imchat.Message) {
	return func(m *imchat.Message) { m.SenderID = user }
}

// all pages through everything that a query finds, and checks that it comes newest first and once.
func (b *bench) all(q search.Query) []string {
	b.t.Helper()
	found := []string{}
	var last *logpb.Entry
	for pages := 0; ; pages++ {
		require.Less(b.t, pages, 1000, "a search comes to an end")
		entries, next, err := b.Find(b.t.Context(), 1, q)
		require.NoError(b.t, err)
		for _, e := range entries {
			if last != nil {
				require.Less(b.t, e.GetMessageId(), last.GetMessageId(), "the newest first")
			}
			last = e
			found = append(found, fmt.Sprint(e.GetConversationId(), "/", e.GetSeq()))
		}
		if q.Cursor = next; next == "" {
			return found
		}
	}
}

func text(s string) search.Query { return search.Query{Text: s} }

func TestChineseIsFoundByAnyRunAndEnglishByWords(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.member(1, "s:1:2")
	b.say("s:1:2", "今天天气很好，我们去公园吧", "Hello World, see STRASSE", "ｆｕｌｌ width 全角", "a 😀 b", "東京タワー", "hell")
	b.entry("s:1:2", "file", `{"url":"https://secret.example","name":"报告 2026.pdf"}`)
	b.entry("s:1:2", "location", `{"latitude":1,"longitude":2,"title":"Café Central"}`)
	b.entry("s:1:2", "custom", `{"text":"hello custom"}`)
	for range 2 { // the second time by filters, where there are some
		for q, seqs := range map[string][]int{
			"天气": {1}, "我": {1}, "天气很": {1}, "气天": {}, "今天公园": {}, "今天 公园": {1}, "hello": {2}, "HELLO world": {2}, "hell": {6}, "ell": {},
			"straße": {2}, "full": {3}, "全": {3}, "😀": {4}, "タワー": {5}, "报告": {7}, "pdf": {7}, "2026": {7}, "secret": {}, "cafe\u0301": {8}, "custom": {},
		} {
			want := []string{}
			for _, seq := range seqs {
				want = append(want, fmt.Sprint("s:1:2/", seq))
			}
			require.Equal(t, want, b.all(text(q)), q)
		}
		b.say("s:1:2", slices.Repeat([]string{"filler"}, 130)...)
	}
}

func TestOnlyWhatOneMaySeeIsFound(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.member(1, "g:1", func(c *imchat.UserConversation) {
		c.PastWindows, c.MinSeq, c.MaxVisibleSeq, c.UpdatedAt = "2-3", 6, 8, 2000
	})
	b.member(2, "g:2")
	b.member(1, "g:3", func(c *imchat.UserConversation) { c.HiddenBeforeSeq = 3 })
	for range 10 {
		b.say("g:1", "needle")
		b.say("g:2", "needle")
	}
	b.say("g:3", "needle", "needle", "needle")
	b.entry("g:3", "system", `{"text":"needle"}`, from(0))
	b.entry("g:3", "text", `{"text":"needle"}`, func(m *imchat.Message) { m.RecalledAt = 1 })
	b.member(1, "g:4")
	b.say("g:4", "needle", "needle")
	require.NoError(t, b.db.Create(&imchat.DeletedMessage{UserID: 1, ConversationID: "g:4", Seq: 2}).Error)
	require.NoError(t, b.db.Create(&imchat.DeletedMessage{UserID: 2, ConversationID: "g:4", Seq: 1}).Error)
	want := []string{"g:4/1", "g:3/3", "g:1/8", "g:1/7", "g:1/6", "g:1/3", "g:1/2"}
	for range 2 {
		require.Equal(t, want, b.all(text("needle")))
		require.Equal(t, want[2:], b.all(search.Query{Text: "needle", ConversationID: "g:1", Limit: 2}))
		_, _, err := b.Find(t.Context(), 1, search.Query{Text: "needle", ConversationID: "g:2"})
		require.ErrorIs(t, err, errs.ErrConversationNotFound)
		b.say("g:1", slices.Repeat([]string{"needle"}, 300)...) // outside the window
	}
}

func TestWhatIsRecalledOrEditedAfterItsBlockWasReadIsFoundAsItIsNow(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.member(1, "g:1")
	b.say("g:1", "needle one", "needle two", "other")
	b.say("g:1", slices.Repeat([]string{"filler"}, 300)...)
	require.Equal(t, []string{"g:1/2", "g:1/1"}, b.all(text("needle")))
	at := func(seq int) *imchat.Message { return &imchat.Message{ConversationID: "g:1", Seq: int64(seq)} }
	require.NoError(t, b.db.Model(at(1)).Updates(map[string]any{"recalled_at": 5, "content": []byte("{}")}).Error)
	require.NoError(t, b.db.Model(at(2)).Updates(map[string]any{"edited_at": 5, "content": []byte(`{"text":"thread"}`)}).Error)
	require.NoError(t, b.db.Create([]*imchat.MessageEdit{
		{ConversationID: "g:1", Seq: 2, EditSeq: 400, Content: []byte(`{"text":"needle two"}`)},
		{ConversationID: "g:1", Seq: 3, EditSeq: 401, Content: []byte(`{"text":"other"}`)},
	}).Error)
	require.NoError(t, b.db.Model(at(3)).Updates(map[string]any{"edited_at": 5, "content": []byte(`{"text":"needle"}`)}).Error)
	require.Equal(t, []string{"g:1/3"}, b.all(text("needle")))
	require.Equal(t, []string{"g:1/2"}, b.all(text("thread")))
	require.Empty(t, b.all(text("one")))
}

func TestNarrowing(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.member(1, "g:1")
	b.say("g:1", "needle")
	b.entry("g:1", "text", `{"text":"needle"}`, from(2))
	b.entry("g:1", "file", `{"name":"needle"}`, from(2))
	third := b.now
	b.say("g:1", "needle")
	require.Equal(t, []string{"g:1/3", "g:1/2"}, b.all(search.Query{Text: "needle", Sender: 2}))
	require.Equal(t, []string{"g:1/3"}, b.all(search.Query{Text: "needle", Type: "file"}))
	require.Equal(t, []string{"g:1/2", "g:1/1"}, b.all(search.Query{Text: "needle", Before: third}))
	for name, q := range map[string]search.Query{
		"empty": {}, "long": text(strings.Repeat("x", 65)), "nothing to look for": text(" ., "), "type": {Text: "x", Type: "system"},
		"before": {Text: "x", Before: -1}, "limit": {Text: "x", Limit: 201}, "cursor": {Text: "x", Cursor: "?"},
	} {
		_, _, err := b.Find(t.Context(), 1, q)
		require.ErrorIs(t, err, errs.ErrInvalidArgument, name)
	}
}

// TestAnySearchFindsWhatReadingEverythingFinds compares searches of random logs with a plain look at all rows, whatever a search
// may read at once and whatever earlier searches left behind.
func TestAnySearchFindsWhatReadingEverythingFinds(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		b := newBench(t)
		random := rand.New(rand.NewPCG(seed, 1))
		b.config.Entries = []int{1, 100, 1000, 20_000}[seed]
		b.open()
		ids := []string{"g:1", "g:2", "g:3", "g:4", "g:5"}
		first := map[string]int64{}
		for _, id := range ids {
			first[id] = random.Int64N(20) + 1
			b.member(1, id, func(c *imchat.UserConversation) { c.MinSeq = first[id] })
		}
		for range 3 {
			var rows []*imchat.Message
			for range 200 {
				word := "filler"
				if random.IntN(20) == 0 {
					word = "needle"
				}
				b.say(ids[random.IntN(len(ids))], word)
				b.still = random.IntN(3) == 0
			}
			require.NoError(t, b.db.Find(&rows).Error)
			want := map[string]bool{}
			for _, m := range rows {
				if m.Seq >= first[m.ConversationID] && strings.Contains(string(m.Content), "needle") {
					want[fmt.Sprint(m.ConversationID, "/", m.Seq)] = true
				}
			}
			got := map[string]bool{}
			var last *logpb.Entry
			for cursor := ""; ; {
				entries, next, err := b.Find(context.Background(), 1, search.Query{Text: "needle", Limit: 7, Cursor: cursor})
				require.NoError(t, err)
				for _, e := range entries {
					name := fmt.Sprint(e.GetConversationId(), "/", e.GetSeq())
					require.False(t, got[name], "twice: %s", name)
					require.True(t, last == nil || e.GetMessageId() < last.GetMessageId(), "the newest first: %s", name)
					last = e
					got[name] = true
				}
				if cursor = next; next == "" {
					break
				}
			}
			require.Equal(t, want, got, "seed %d", seed)
		}
	}
}

func TestASecondSearchPassesOverWhatTheFirstHasRead(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.member(1, "g:1")
	b.say("g:1", "needle")
	b.say("g:1", slices.Repeat([]string{"filler"}, 1500)...)
	b.config.Entries = 300
	b.open()
	pages := func() (n int) {
		for cursor := ""; ; n++ {
			_, next, err := b.Find(t.Context(), 1, search.Query{Text: "needle", Cursor: cursor})
			require.NoError(t, err)
			if cursor = next; next == "" {
				return n + 1
			}
		}
	}
	first := pages()
	require.Greater(t, first, 3, "a search reads no more than one may")
	require.Equal(t, 1, pages())
	require.Equal(t, []string{"g:1/1"}, b.all(text("needle")))
}

func TestSearchesAreCounted(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.config.PerMinute = 2
	b.open()
	for range 2 {
		_, _, err := b.Find(t.Context(), 1, text("x"))
		require.NoError(t, err)
	}
	b.open() // another instance
	_, _, err := b.Find(t.Context(), 1, text("x"))
	require.ErrorIs(t, err, errs.ErrRateLimited)
	require.Positive(t, errs.From(err).RetryAfter)
	require.LessOrEqual(t, errs.From(err).RetryAfter, time.Minute)
	_, _, err = b.Find(t.Context(), 2, text("x"))
	require.NoError(t, err, "each user for itself")
}

func TestWhatCameAfterAFilterIsFound(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.member(1, "g:1")
	b.say("g:1", slices.Repeat([]string{"filler"}, 20)...)
	require.Empty(t, b.all(text("needle")))
	b.say("g:1", "needle")
	require.Equal(t, []string{"g:1/21"}, b.all(text("needle")))
}
