package committer_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/chat-service/internal/committer"
	"im-backend/chat-service/internal/message"
	"im-backend/chat-service/internal/store"
	"im-backend/chat-service/internal/storetest"
	"im-backend/common/model"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/dbx"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/idgen"
)

// published remembers what was handed to Kafka.
type published struct {
	lane    sync.Mutex   // held by a test, it stops the lanes between two batches
	inside  atomic.Int32 // lanes that are here
	mu      sync.Mutex
	batches [][]*logpb.Entry
	entries []*logpb.Entry
}

func (p *published) Enqueue(_ int64, entries []*logpb.Entry) {
	p.inside.Add(1)
	defer p.inside.Add(-1)
	p.lane.Lock()
	defer p.lane.Unlock()
	p.mu.Lock()
	defer p.mu.Unlock()
	p.batches = append(p.batches, entries)
	p.entries = append(p.entries, entries...)
}

func (p *published) all() []*logpb.Entry {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.entries
}

// bench is one database with any number of committers on it.
type bench struct {
	t     testing.TB
	store *store.Store
	db    *dbx.DB
	out   *published
	nodes int64
	stops int              // batches that a test has held up
	clock func() time.Time // of the committers that are made; nil: the real one
}

func newBench(t testing.TB) *bench {
	t.Helper()
	st, db := storetest.Open(t) // with the tag integration: of the server that IM_TEST_MYSQL names
	return &bench{t: t, store: st, db: db, out: &published{}}
}

func (b *bench) committer(changes ...func(*committer.Config)) *committer.Committer {
	b.t.Helper()
	c := committer.Config{
		Lanes: 1, Queue: 10000, Batch: 500, Timeout: 10 * time.Second, CachedGroups: 10, CachedHeads: 100, LargeGroup: 500, RequireFriendship: true,
		RecallWindow: 2 * time.Minute, EditWindow: 24 * time.Hour, ReactionKinds: 20, Pins: 50,
	}
	for _, change := range changes {
		change(&c)
	}
	b.nodes++
	made, err := committer.New(c, b.store, idgen.New(b.nodes), b.out)
	require.NoError(b.t, err)
	if b.clock != nil {
		made.SetClock(b.clock)
	}
	made.Start()
	b.t.Cleanup(made.Stop)
	return made
}

// requirePublished waits for so many entries, which come after the answers, and for no more.
func (b *bench) requirePublished(entries int) {
	b.t.Helper()
	require.Eventually(b.t, func() bool { return len(b.out.all()) >= entries && b.out.inside.Load() == 0 }, time.Minute, time.Millisecond)
	require.Len(b.t, b.out.all(), entries)
}

func (b *bench) befriend(x, y model.UserID, version int64) {
	b.t.Helper()
	require.NoError(b.t, b.store.SetRelation(context.Background(), string(model.SingleID(x, y)),
		store.Relation{Friends: true, Version: version}, 1))
}

func to(id model.ConversationID) committer.Address {
	parsed, err := model.ParseConversationID(string(id))
	if err != nil {
		panic(err)
	}
	return committer.Address{Parsed: parsed, ID: string(id)}
}

func text(t testing.TB, clientMsgID, body string) message.Message {
	t.Helper()
	m, err := message.New(clientMsgID, message.Text, fmt.Appendf(nil, `{"text":%q}`, body), 0, nil)
	require.NoError(t, err)
	return m
}

func send(t testing.TB, c *committer.Committer, from model.UserID, id model.ConversationID, clientMsgID, body string) (committer.Result, error) {
	t.Helper()
	return c.Store(context.Background(), committer.Job{
		To: to(id), Send: &committer.Send{Sender: from, Message: text(t, clientMsgID, body)},
	})
}

func appendEntry(t testing.TB, c *committer.Committer, id model.ConversationID, a committer.Append) committer.Result {
	t.Helper()
	a.Content = []byte(`{"event":"test"}`)
	r, err := c.Store(context.Background(), committer.Job{To: to(id), Append: &a})
	require.NoError(t, err)
	return r
}

func joined(users ...int64) []*logpb.MemberChange {
	var changes []*logpb.MemberChange
	for _, u := range users {
		changes = append(changes, &logpb.MemberChange{Kind: logpb.MemberChange_KIND_JOINED, UserId: u, Role: "member"})
	}
	return changes
}

func left(user int64) []*logpb.MemberChange {
	return []*logpb.MemberChange{{Kind: logpb.MemberChange_KIND_LEFT, UserId: user}}
}

func TestSeqsAreGaplessAndEachSendIsPublishedOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.committer()
	b.befriend(1, 2, 1)
	var wg sync.WaitGroup
	for sender := range model.UserID(2) {
		wg.Go(func() {
			for i := range 200 {
				_, err := send(t, c, sender+1, "s:1:2", fmt.Sprintf("c%d", i), "hello")
				require.NoError(t, err)
			}
		})
	}
	wg.Wait()
	b.requirePublished(400)
	entries := b.out.all()
	for i, e := range entries {
		require.EqualValues(t, i+1, e.GetSeq())
	}
	v, err := b.store.View(context.Background(), 1, "s:1:2")
	require.NoError(t, err)
	require.EqualValues(t, 400, v.Head.MessageCount)
}

func TestPipelinedSendsKeepTheirOrder(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.committer()
	b.befriend(1, 2, 1)
	const n = 1000
	var answered sync.WaitGroup
	seqs := make([]int64, n)
	for i := range n {
		answered.Add(1)
		c.Submit(&committer.Job{
			Ctx: context.Background(), To: to("s:1:2"),
			Send: &committer.Send{Sender: 1, Message: text(t, fmt.Sprintf("m%d", i), "x")},
			Done: func(r committer.Result, err error) {
				defer answered.Done()
				require.NoError(t, err)
				seqs[i] = r.Seq
			},
		})
	}
	answered.Wait()
	for i, seq := range seqs {
		require.EqualValues(t, i+1, seq)
	}
}

func TestARetryGetsTheFirstAnswerWhateverHappenedSince(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.committer()
	b.befriend(1, 2, 1)
	first, err := send(t, c, 1, "s:1:2", "once", "hello")
	require.NoError(t, err)
	require.False(t, first.Repeated)

	for _, other := range []*committer.Committer{c, b.committer()} { // the same instance and another one
		again, err := send(t, other, 1, "s:1:2", "once", "hello")
		require.NoError(t, err)
		require.True(t, again.Repeated)
		require.Equal(t, first.Seq, again.Seq)
		require.Equal(t, first.MessageID, again.MessageID)
		require.Equal(t, first.CreatedAt, again.CreatedAt)
		_, err = send(t, other, 1, "s:1:2", "once", "something else")
		require.ErrorIs(t, err, errs.ErrClientMsgIDReused)
	}

	require.NoError(t, b.store.SetRelation(context.Background(), "s:1:2",
		store.Relation{Friends: true, BlockedByHigh: true, Version: 2}, 1))
	blocked, err := send(t, c, 1, "s:1:2", "once", "hello")
	require.NoError(t, err, "a retry is answered also when its sender may no longer write")
	require.Equal(t, first.Seq, blocked.Seq)
	_, err = send(t, c, 1, "s:1:2", "new", "hello")
	require.ErrorIs(t, err, errs.ErrBlocked)
	b.requirePublished(1)
}

func TestRacingRetriesOnTwoInstancesMakeOneMessage(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	instances := []*committer.Committer{b.committer(), b.committer()}
	b.befriend(1, 2, 1)
	for id := range 20 {
		results := make([]committer.Result, 50)
		var wg sync.WaitGroup
		for i := range results {
			wg.Go(func() {
				r, err := send(t, instances[i%2], 1, "s:1:2", fmt.Sprintf("id%d", id), "hello")
				require.NoError(t, err)
				results[i] = r
			})
		}
		wg.Wait()
		for _, r := range results {
			require.Equal(t, int64(id+1), r.Seq)
			require.Equal(t, results[0].MessageID, r.MessageID)
		}
	}
	b.requirePublished(20)
}

func TestWhoMayWrite(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.committer()
	b.befriend(1, 2, 1)
	require.NoError(t, b.store.SetRelation(context.Background(), "s:3:4", store.Relation{Version: 1}, 1))
	require.NoError(t, b.store.SetRelation(context.Background(), "s:5:6", store.Relation{Friends: true, BlockedByLow: true, Version: 1}, 1))
	appendEntry(t, c, "g:9", committer.Append{ID: "a1", Creates: true, Changes: joined(1, 2, 3)})
	appendEntry(t, c, "g:9", committer.Append{ID: "a2", Changes: left(3)})
	appendEntry(t, c, "g:9", committer.Append{ID: "a3", Changes: []*logpb.MemberChange{
		{Kind: logpb.MemberChange_KIND_UPDATED, UserId: 2, Role: "member", MutedUntil: time.Now().Add(time.Hour).UnixMilli()},
	}})
	appendEntry(t, c, "g:10", committer.Append{ID: "b1", Creates: true, Changes: joined(1)})
	appendEntry(t, c, "g:10", committer.Append{ID: "b2", Dismisses: true})
	for _, tc := range []struct {
		name string
		from model.UserID
		id   model.ConversationID
		want error
	}{
		{"a friend", 1, "s:1:2", nil},
		{"a stranger", 3, "s:3:4", errs.ErrNotFriends},
		{"somebody else's conversation", 3, "s:1:2", errs.ErrConversationNotFound},
		{"the blocked one", 6, "s:5:6", errs.ErrBlocked},
		{"the one who blocks", 5, "s:5:6", nil},
		{"notes to self", 7, "s:7:7", nil},
		{"not known yet", 7, "s:7:8", committer.ErrUnknownConversation},
		{"a member", 1, "g:9", nil},
		{"a muted member", 2, "g:9", errs.ErrMuted},
		{"a former member", 3, "g:9", errs.ErrNotGroupMember},
		{"never a member", 4, "g:9", errs.ErrConversationNotFound},
		{"a member of a dismissed group", 1, "g:10", errs.ErrGroupNotFound},
		{"a group not known yet", 1, "g:11", committer.ErrUnknownConversation},
		{"one's own notifications", 1, "n:1", errs.ErrForbidden},
		{"another's notifications", 1, "n:2", errs.ErrConversationNotFound},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			_, err := send(t, c, tc.from, tc.id, "w-"+fmt.Sprint(tc.from), "hello")
			if tc.want == nil {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, tc.want)
			}
		})
	}
}

func TestWindowsFollowJoinsAndLeaves(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.committer()
	appendEntry(t, c, "g:9", committer.Append{ID: "1", Creates: true, Changes: joined(1, 2)}) // seq 1
	_, err := send(t, c, 1, "g:9", "m1", "hello")                                             // seq 2
	require.NoError(t, err)
	appendEntry(t, c, "g:9", committer.Append{ID: "2", Changes: left(2)}) // seq 3
	_, err = send(t, c, 1, "g:9", "m2", "not for you")                    // seq 4
	require.NoError(t, err)
	v, err := b.store.View(context.Background(), 2, "g:9")
	require.NoError(t, err)
	require.EqualValues(t, 1, v.MinSeq)
	require.EqualValues(t, 3, v.Visible())
	require.EqualValues(t, 1, v.VisibleCount()-v.ReadCount, "what came after is not counted")

	appendEntry(t, c, "g:9", committer.Append{ID: "3", Changes: joined(2)}) // seq 5
	v, err = b.store.View(context.Background(), 2, "g:9")
	require.NoError(t, err)
	require.EqualValues(t, 5, v.MinSeq)
	require.Equal(t, "1-3", v.PastWindows, "the old window stays readable")
	require.EqualValues(t, 5, v.Visible())
	require.EqualValues(t, 0, v.VisibleCount()-v.ReadCount)

	repeated := appendEntry(t, c, "g:9", committer.Append{ID: "3", Changes: joined(2)})
	require.True(t, repeated.Repeated, "an append is idempotent by its id")
}

func TestAFullQueueRefusesAtOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	c := b.committer(func(c *committer.Config) { c.Queue = 1 })
	b.befriend(1, 2, 1)
	refused, wg := 0, sync.WaitGroup{}
	var mu sync.Mutex
	for i := range 2000 {
		wg.Add(1)
		c.Submit(&committer.Job{
			Ctx: context.Background(), To: to("s:1:2"),
			Send: &committer.Send{Sender: 1, Message: text(t, fmt.Sprintf("q%d", i), "x")},
			Done: func(_ committer.Result, err error) {
				defer wg.Done()
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					require.ErrorIs(t, err, errs.ErrUnavailable)
					refused++
				}
			},
		})
	}
	wg.Wait()
	require.Positive(t, refused)
	b.requirePublished(2000 - refused) // what was refused appears nowhere
}

func BenchmarkSend(b *testing.B) {
	bench := newBench(b)
	c := bench.committer()
	const pairs = 200
	for i := range model.UserID(pairs) {
		bench.befriend(2*i+1, 2*i+2, 1)
	}
	slots := make(chan struct{}, 800)
	var wg sync.WaitGroup
	b.ResetTimer()
	for i := range b.N {
		slots <- struct{}{}
		wg.Add(1)
		x := model.UserID(2*(i%pairs) + 1)
		c.Submit(&committer.Job{
			Ctx: context.Background(), To: to(model.SingleID(x, x+1)),
			Send: &committer.Send{Sender: x, Message: text(b, fmt.Sprintf("b%d", i), "a text of about one hundred bytes, as the peers were measured with; it goes on for a bit")},
			Done: func(committer.Result, error) { <-slots; wg.Done() },
		})
	}
	wg.Wait()
}
