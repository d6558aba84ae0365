package delivery

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"im-backend/chat-service/internal/store"
	"im-backend/common/proto/gen/logpb"
)

func record(t testing.TB, entries ...*logpb.Entry) []kafka.Message {
	t.Helper()
	value, err := proto.Marshal(&logpb.Record{Entries: entries})
	require.NoError(t, err)
	return []kafka.Message{{Topic: TopicMessage, Partition: 0, Offset: 7, Key: []byte("key"), Value: value}}
}

// stored reads entries back from the store.
func (b *bench) stored(id string, from, to int64) []*logpb.Entry {
	b.t.Helper()
	entries, err := b.store.Entries(context.Background(), id, from, to, int(to-from+1), false)
	require.NoError(b.t, err)
	require.Len(b.t, entries, int(to-from+1))
	return entries
}

func TestAWorkerKeepsEachConversationContiguous(t *testing.T) {
	t.Parallel()
	type span [2]int64
	for _, tc := range []struct {
		name    string
		records []span
		pushed  []int64
	}{
		{"in order", []span{{1, 2}, {3, 3}, {4, 6}}, run(1, 6)},
		{"repeats are skipped", []span{{1, 3}, {2, 3}, {1, 1}, {3, 5}}, run(1, 5)},
		{"gaps are filled", []span{{1, 1}, {4, 4}, {2, 3}, {9, 9}}, run(1, 9)},
		{"a partition that begins in the middle", []span{{5, 5}, {7, 7}}, run(5, 7)},
		{"what stood before the first one seen comes late", []span{{6, 6}, {3, 3}, {4, 4}, {5, 5}, {7, 7}}, []int64{6, 3, 4, 5, 7}},
		{"and in one record", []span{{6, 6}, {3, 5}, {6, 8}}, []int64{6, 3, 4, 5, 7, 8}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, 1)
			b.fill(b.committer(crashed{}), "s:1:2", 10)
			s := b.spread()
			w := newWorker(s)
			for _, r := range tc.records {
				require.NoError(t, w.deliver(context.Background(), record(t, b.stored("s:1:2", r[0], r[1])...)))
			}
			s.gateways.Flush()
			require.Equal(t, tc.pushed, b.gateway.Seqs("s:1:2"))
		})
	}
}

func TestALargeGapIsFilledPieceByPiece(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	c := b.committer(crashed{})
	b.fill(c, "s:1:2", 2500)
	b.fill(c, "s:1:3", 3)
	s := b.spread()
	w := newWorker(s)
	require.NoError(t, w.deliver(context.Background(), record(t, b.stored("s:1:2", 1, 1)...)))
	mixed := append(b.stored("s:1:3", 1, 1), b.stored("s:1:2", 2500, 2500)...)
	mixed = append(mixed, b.stored("s:1:3", 2, 3)...)
	require.NoError(t, w.deliver(context.Background(), record(t, mixed...)))
	eventually(t, func() bool { return len(b.gateway.Items()) == 2503 }, "everything is pushed")
	require.Equal(t, run(1, 2500), b.gateway.Seqs("s:1:2"))
	require.Equal(t, run(1, 3), b.gateway.Seqs("s:1:3"))
}

func TestAPoisonRecordGoesToTheDeadLetters(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.fill(b.committer(crashed{}), "s:1:2", 1)
	s := b.spread()
	w := newWorker(s)
	require.NoError(t, w.deliver(context.Background(), []kafka.Message{{Topic: TopicMessage, Offset: 3, Key: []byte("k"), Value: []byte("\xff\xff")}}))
	require.NoError(t, w.deliver(context.Background(), record(t, &logpb.Entry{ConversationId: "nonsense", Seq: 1})))
	require.NoError(t, w.deliver(context.Background(), record(t, b.stored("s:1:2", 1, 1)...)), "the partition goes on")
	dead := b.records(TopicDeadLetter)
	require.Len(t, dead, 2)
	require.Equal(t, "\xff\xff", string(dead[0].Value))
	headers := map[string]string{}
	for _, h := range dead[0].Headers {
		headers[h.Key] = string(h.Value)
	}
	require.Equal(t, "im.message/0/3", headers["source"])
	require.Contains(t, headers["error"], "decode record")
	s.gateways.Flush()
	require.Equal(t, []int64{1}, b.gateway.Seqs("s:1:2"))
}

func TestAStoreThatIsAwayIsWaitedFor(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.fill(b.committer(crashed{}), "s:1:2", 3)
	last := b.stored("s:1:2", 3, 3)
	s := b.spread()
	w := newWorker(s)
	require.NoError(t, w.deliver(context.Background(), record(t, b.stored("s:1:2", 1, 1)...)))
	require.NoError(t, b.db.Exec("ALTER TABLE messages RENAME TO away").Error)
	delivered := make(chan error, 1)
	go func() { delivered <- w.deliver(context.Background(), record(t, last...)) }()
	ctx, cancel := context.WithTimeout(context.Background(), 300*time.Millisecond)
	defer cancel()
	require.Error(t, newWorkerAt(w).deliver(ctx, record(t, last...)), "until the generation ends")
	require.NoError(t, b.db.Exec("ALTER TABLE away RENAME TO messages").Error)
	require.NoError(t, <-delivered)
	s.gateways.Flush()
	require.Equal(t, run(1, 3), b.gateway.Seqs("s:1:2"))
}

// newWorkerAt is another worker that has delivered the first entry of the conversation.
func newWorkerAt(w *worker) *worker {
	other := newWorker(w.spread)
	other.positions.Add("s:1:2", &position{first: 1, last: 1})
	return other
}

func TestEntriesForAbsentMembersAreHandedOverInBatchesThatKafkaTakes(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	s := b.spread()
	b.online(1, 2)
	members := make([]store.Window, 400)
	for i := range members {
		members[i].UserID = int64(i + 1)
	}
	s.members.Add("g:9", members)
	e := &logpb.Entry{ConversationId: "g:9", Seq: 1, SenderId: 1, Content: []byte(strings.Repeat("x", 16<<10))}
	require.NoError(t, newWorker(s).deliver(context.Background(), record(t, e)))
	woken := b.records(TopicOffline)
	require.Len(t, woken, 398, "each absent member, nobody who is online")
	keys := map[string]bool{}
	for _, m := range woken {
		keys[string(m.Key)] = true
	}
	require.Len(t, keys, 398)
}

func TestAnOutageOfTheOfflineTopicPushesNothingTwice(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	s := b.spread()
	b.noWake.Store(true)
	b.fill(b.committer(crashed{}), "s:1:2", 1)
	delivered := make(chan error, 1)
	go func() {
		delivered <- newWorker(s).deliver(context.Background(), record(t, b.stored("s:1:2", 1, 1)...))
	}()
	eventually(t, func() bool { return b.writes.Load() >= 3 }, "it is tried again")
	b.noWake.Store(false)
	require.NoError(t, <-delivered)
	s.gateways.Flush()
	require.Equal(t, []int64{1}, b.gateway.Seqs("s:1:2"))
	require.Len(t, b.records(TopicOffline), 1)
}

func TestInboxesAreIncompleteAfterRedisMissedSomething(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	c := b.committer(crashed{})
	b.fill(c, "s:1:2", 3)
	s := b.spread()
	w := newWorker(s)
	score := func() float64 {
		at, err := b.redis.ZScore("inbox:{large}", "since")
		if err != nil {
			return 0
		}
		return at
	}
	require.NoError(t, w.deliver(context.Background(), record(t, b.stored("s:1:2", 1, 1)...)))
	require.Zero(t, score())
	b.redis.SetError("away")
	require.NoError(t, w.deliver(context.Background(), record(t, b.stored("s:1:2", 2, 2)...)))
	b.redis.SetError("")
	next := int64(0)
	eventually(t, func() bool {
		next++
		require.NoError(t, w.deliver(context.Background(), record(t, &logpb.Entry{ConversationId: "s:1:3", Seq: next})))
		return score() > 0
	}, "it is told when it is back")
	told := score()
	require.NoError(t, w.deliver(context.Background(), record(t, &logpb.Entry{ConversationId: "s:1:4", Seq: 1})))
	require.InDelta(t, told, score(), 0, "once")
}

func TestAMemberListIsReadAnewAfterAChangeAndInANewGeneration(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	s := b.spread()
	w := newWorker(s)
	s.members.Add("g:9", []store.Window{{UserID: 1}, {UserID: 2}, {UserID: 3}})
	change := &logpb.Entry{ConversationId: "g:9", Seq: 2, Changes: []*logpb.MemberChange{{UserId: 3}}}
	require.NoError(t, w.deliver(context.Background(), record(t, change)))
	members, ok := s.members.Get("g:9")
	require.True(t, ok)
	require.Empty(t, members, "the store knows of none")
	s.Forget()
	require.Zero(t, s.members.Len())
}

func BenchmarkDeliver(b *testing.B) {
	bench := newBench(b, 1)
	s := bench.spread()
	const pairs = 200
	for i := range pairs {
		bench.redis.HSet(fmt.Sprintf("route:{%d}", 2*i+1), "c", "gateway|1|web")
		bench.redis.HSet(fmt.Sprintf("route:{%d}", 2*i+2), "c", "gateway|1|web")
	}
	bench.online()
	w := newWorker(s)
	content := []byte(`{"text":"a text of about one hundred bytes, as the peers were measured with; it goes on for a bit"}`)
	seq := int64(0)
	b.ReportAllocs()
	for b.Loop() { // one record of 100 entries
		entries := make([]*logpb.Entry, 0, 100)
		seq++
		for i := range 100 {
			entries = append(entries, &logpb.Entry{
				ConversationId: fmt.Sprintf("s:%d:%d", 2*i+1, 2*i+2), Seq: seq, SenderId: int64(2*i + 1), Content: content,
			})
		}
		require.NoError(b, w.deliver(context.Background(), record(b, entries...)))
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100, "ns/entry")
}
