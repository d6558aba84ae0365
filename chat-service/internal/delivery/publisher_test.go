package delivery

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kmsg"

	"im-backend/chat-service/internal/store"
	"im-backend/common/proto/gen/logpb"
)

func TestWhatIsStoredReachesKafkaInOrderAndLeavesTheOutbox(t *testing.T) {
	t.Parallel()
	b := newBench(t, 8)
	c := b.committer(b.publisher())
	for peer := range 10 {
		b.fill(c, fmt.Sprintf("s:1:%d", peer+2), 100)
	}
	eventually(t, func() bool { return b.outbox() == 0 }, "the outbox is empty")
	got := b.entriesOf(b.records(TopicMessage))
	require.Len(t, got, 10)
	for id, seqs := range got {
		require.Equal(t, run(1, 100), firsts(seqs), id)
	}
}

func TestWhatACrashLeftIsPublishedByAnotherInstance(t *testing.T) {
	t.Parallel()
	b := newBench(t, 4)
	b.fill(b.committer(crashed{}), "s:1:2", 50)
	require.Positive(t, b.outbox())
	b.publisher()
	b.publisher() // two may do it at once
	eventually(t, func() bool { return b.outbox() == 0 }, "the outbox is empty")
	require.Equal(t, run(1, 50), firsts(b.entriesOf(b.records(TopicMessage))["s:1:2"]))
}

func TestSendsGoOnWhileKafkaIsAwayAndAreDeliveredInOrderAfterwards(t *testing.T) {
	t.Parallel()
	b := newBench(t, 4)
	b.away.Store(true)
	c := b.committer(b.publisher())
	b.fill(c, "s:1:2", 100)
	eventually(t, func() bool { return b.writes.Load() >= 3 }, "it is tried again and again")
	b.fill(c, "s:1:3", 100)
	require.Positive(t, b.outbox())
	require.Empty(t, b.records(TopicMessage))
	b.away.Store(false)
	eventually(t, func() bool { return b.outbox() == 0 }, "the outbox is empty")
	got := b.entriesOf(b.records(TopicMessage))
	require.Equal(t, run(1, 100), firsts(got["s:1:2"]))
	require.Equal(t, run(1, 100), firsts(got["s:1:3"]))
}

func TestAFullPublisherLeavesTheRestToTheOutboxAndFetchesItLater(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.away.Store(true)
	p := b.publisher()
	filler := make([]*logpb.Entry, maxPending)
	for i := range filler {
		filler[i] = &logpb.Entry{ConversationId: "s:8:9", Seq: int64(i + 1)}
	}
	p.Enqueue(1, filler)
	require.True(t, p.full())
	b.fill(b.committer(p), "s:1:2", 20)
	p.mu.Lock()
	require.Equal(t, maxPending, p.pending, "no more is held")
	p.mu.Unlock()
	require.NoError(t, p.sweepOnce(), "nor read from the store")
	b.away.Store(false)
	eventually(t, func() bool { return b.outbox() == 0 }, "the outbox is empty")
	require.Equal(t, run(1, 20), firsts(b.entriesOf(b.records(TopicMessage))["s:1:2"]))
}

func TestStopHandsOverWhatIsQueuedButDoesNotWaitForAKafkaThatIsAway(t *testing.T) {
	t.Parallel()
	b := newBench(t, 2)
	p := b.publisher()
	c := b.committer(p)
	b.fill(c, "s:1:2", 200)
	c.Stop() // first, as at a shutdown: it answers a send before it hands the entry on
	p.Stop(context.Background())
	require.Equal(t, run(1, 200), firsts(b.entriesOf(b.records(TopicMessage))["s:1:2"]))
	require.Zero(t, b.outbox())

	b.away.Store(true)
	p = b.publisher()
	b.fill(b.committer(p), "s:1:3", 10)
	ctx, cancel := context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	p.Stop(ctx)
	require.Positive(t, b.outbox(), "another instance will publish them")
}

func TestARecordThatKafkaNeverTakesDoesNotStopItsPartition(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	p := b.publisher()
	p.Enqueue(1, []*logpb.Entry{{ConversationId: "s:1:2", Seq: 1, Content: []byte(strings.Repeat("x", 3<<20))}})
	p.Enqueue(2, []*logpb.Entry{{ConversationId: "s:1:2", Seq: 2}})
	eventually(t, func() bool { return p.waiting() == 0 }, "the next one comes through")
	require.Equal(t, []int64{2}, b.entriesOf(b.records(TopicMessage))["s:1:2"])
}

func TestAPartitionThatKafkaRefusesHoldsNoOtherUp(t *testing.T) {
	t.Parallel()
	b := newBench(t, 2)
	const refused = 0
	var alone, refusals atomic.Int64
	b.cluster.ControlKey(int16(kmsg.Produce), func(request kmsg.Request) (kmsg.Response, error, bool) {
		b.cluster.KeepControl()
		produce, _ := request.(*kmsg.ProduceRequest)
		answer := kmsg.ProduceResponseTopic{Topic: TopicMessage}
		for _, p := range produce.Topics[0].Partitions {
			one := kmsg.ProduceResponseTopicPartition{Partition: p.Partition}
			if p.Partition == refused {
				one.ErrorCode = int16(kafka.NotEnoughReplicas)
				refusals.Add(1)
			} else if len(produce.Topics[0].Partitions) == 1 && refusals.Load() > 0 {
				alone.Add(1)
			}
			answer.Partitions = append(answer.Partitions, one)
		}
		response, _ := produce.ResponseKind().(*kmsg.ProduceResponse)
		response.Topics = append(response.Topics, answer)
		return response, nil, true
	})
	var in [2]string // a conversation of each partition
	for peer := 2; in[0] == "" || in[1] == ""; peer++ {
		id := fmt.Sprintf("s:1:%d", peer)
		in[partitionOf(id, 2)] = id
	}
	p := b.publisher()
	p.Enqueue(1, []*logpb.Entry{{ConversationId: in[refused], Seq: 1}})
	eventually(t, func() bool { return refusals.Load() > 0 }, "it is refused")
	row := int64(1)
	eventually(t, func() bool {
		row++
		p.Enqueue(row, []*logpb.Entry{{ConversationId: in[1], Seq: row}})
		return alone.Load() > 2
	}, "the other is written meanwhile")
	eventually(t, func() bool { return p.waiting() == 1 }, "all but the refused one")
	was := refusals.Load()
	eventually(t, func() bool { return refusals.Load() > was }, "which is tried again")
}

func TestAnOutboxRowWithoutEntriesIsForgotten(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	require.NoError(t, b.store.Commit(context.Background(), func(tx *store.Tx) error {
		return tx.NoteOutbox(1, []store.Range{{ConversationID: "s:1:2", From: 1, To: 1}}, 1)
	}))
	b.publisher()
	eventually(t, func() bool { return b.outbox() == 0 }, "the outbox is empty")
}

func TestManyOutboxRowsAreForgottenInStatementsThatTheDatabaseTakes(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	const rows = 40_000
	require.NoError(t, b.store.Commit(context.Background(), func(tx *store.Tx) error {
		for id := range int64(rows) {
			if err := tx.NoteOutbox(id+1, nil, time.Now().Add(time.Hour).UnixMilli()); err != nil {
				return err
			}
		}
		return nil
	}))
	p := NewPublisher(b.kafka, b.store, 1)
	for id := range int64(rows) {
		p.done = append(p.done, id+1)
	}
	p.deleteDone()
	left, err := b.store.OldOutbox(context.Background(), time.Now().Add(2*time.Hour).UnixMilli(), 0, 10)
	require.NoError(t, err)
	require.Empty(t, left)
}
