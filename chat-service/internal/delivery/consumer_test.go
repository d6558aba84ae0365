package delivery

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kmsg"

	"im-backend/chat-service/internal/push/pushtest"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/kafkax"
)

func (b *bench) consumer() *Consumer {
	b.t.Helper()
	c := NewConsumer(kafkax.Config{Brokers: b.cluster.ListenAddrs()}, b.kafka, b.spread(), b.sizes[TopicMessage])
	c.Start()
	b.t.Cleanup(c.Stop)
	return c
}

// members waits until the group has so many members and is stable.
func (b *bench) members(n int) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	_, err := b.cluster.WaitGroupStable(ctx, Group, n)
	require.NoError(b.t, err)
}

// complete reports whether the gateway has all entries of the conversations, in order but for repeats.
func (b *bench) complete(conversations, each int) bool {
	for i := range conversations {
		if len(firsts(b.gateway.Seqs(fmt.Sprintf("s:1:%d", i+2)))) < each {
			return false
		}
	}
	return true
}

func (b *bench) requireOrder(conversations, each int) {
	b.t.Helper()
	for i := range conversations {
		require.Equal(b.t, run(1, int64(each)), firsts(b.gateway.Seqs(fmt.Sprintf("s:1:%d", i+2))))
	}
}

func (b *bench) committed() (sum int64) {
	b.t.Helper()
	partitions := make([]int, b.sizes[TopicMessage])
	for i := range partitions {
		partitions[i] = i
	}
	got, err := b.kafka.OffsetFetch(context.Background(), &kafka.OffsetFetchRequest{
		GroupID: Group, Topics: map[string][]int{TopicMessage: partitions},
	})
	require.NoError(b.t, err)
	for _, p := range got.Topics[TopicMessage] {
		sum += max(p.CommittedOffset, 0)
	}
	return sum
}

func (b *bench) written() (sum int64) {
	for _, info := range b.cluster.PartitionInfos(TopicMessage) {
		sum += info.HighWatermark
	}
	return sum
}

func TestTwoConsumersShareThePartitionsAndTakeOverFromEachOther(t *testing.T) {
	t.Parallel()
	b := newBench(t, 8)
	c := b.committer(b.publisher())
	const conversations = 10
	fill := func() {
		for i := range conversations {
			b.fill(c, fmt.Sprintf("s:1:%d", i+2), 30)
			b.nodes++ // other client ids
		}
	}
	first := b.consumer()
	fill()
	b.members(1)
	fill()
	second := b.consumer()
	fill()
	b.members(2)
	fill()
	eventually(t, func() bool { return b.complete(conversations, 120) }, "both deliver")
	first.Stop()
	fill()
	b.members(1)
	eventually(t, func() bool { return b.complete(conversations, 150) }, "one takes over")
	b.requireOrder(conversations, 150)
	eventually(t, func() bool { return b.committed() == b.written() }, "what is acknowledged is committed")
	second.Stop()

	pushed := len(b.gateway.Items())
	b.consumer()
	fill()
	eventually(t, func() bool { return b.complete(conversations, 180) }, "it goes on where the others stopped")
	require.Less(t, len(b.gateway.Items()), pushed+conversations*60, "and does not begin anew")
}

func TestDeliveryGoesOnAfterAKafkaOutage(t *testing.T) {
	t.Parallel()
	b := newBench(t, 4)
	c := b.committer(b.publisher())
	b.consumer()
	b.fill(c, "s:1:2", 20)
	eventually(t, func() bool { return b.complete(1, 20) }, "before")
	b.away.Store(true)
	b.nodes++
	b.fill(c, "s:1:2", 20)
	b.away.Store(false)
	eventually(t, func() bool { return b.complete(1, 40) }, "after")
	b.requireOrder(1, 40)
}

func TestPartitionsThatMoveBetweenBrokersAreWrittenAndReadOn(t *testing.T) {
	t.Parallel()
	b := newBenchOn(t, 3, 6)
	c := b.committer(b.publisher())
	b.consumer()
	const conversations, rounds = 12, 3
	for round := range rounds {
		for partition := range int32(6) {
			require.NoError(t, b.cluster.MoveTopicPartition(TopicMessage, partition, (partition+int32(round))%3))
		}
		for i := range conversations {
			b.fill(c, fmt.Sprintf("s:1:%d", i+2), 20)
		}
		b.nodes++ // other client ids
		eventually(t, func() bool { return b.complete(conversations, 20*(round+1)) }, "they are delivered from where they went")
	}
	b.requireOrder(conversations, 20*rounds)
	eventually(t, func() bool { return b.committed() == b.written() && b.outbox() == 0 }, "nothing is left")
}

func TestAPartitionShorterThanItsCommittedOffsetIsReadFromItsStart(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	group, err := kafka.NewConsumerGroup(kafka.ConsumerGroupConfig{
		ID: Group, Brokers: b.cluster.ListenAddrs(), Topics: []string{TopicMessage},
	})
	require.NoError(t, err)
	generation, err := group.Next(context.Background())
	require.NoError(t, err)
	require.NoError(t, generation.CommitOffsets(map[string]map[int]int64{TopicMessage: {0: 1000}}))
	require.NoError(t, group.Close())

	b.fill(b.committer(b.publisher()), "s:1:2", 10)
	b.consumer()
	eventually(t, func() bool { return b.complete(1, 10) }, "everything there is is delivered")
}

func TestAPartitionThatCannotBeReadKeepsNoOtherFromBeingDelivered(t *testing.T) {
	t.Parallel()
	b := newBench(t, 2)
	const broken = 0
	refused := make(chan struct{}, 1)
	b.cluster.ControlKey(int16(kmsg.Fetch), func(request kmsg.Request) (kmsg.Response, error, bool) {
		b.cluster.KeepControl()
		fetch, _ := request.(*kmsg.FetchRequest)
		for _, topic := range fetch.Topics {
			for i := range topic.Partitions {
				if topic.Partitions[i].Partition == broken {
					topic.Partitions[i].FetchOffset = 1 << 40
					wakeUp(refused)
				}
			}
		}
		return nil, nil, false
	})
	b.consumer()
	<-refused
	c := b.committer(b.publisher())
	var sound []string
	for peer := range 10 {
		id := fmt.Sprintf("s:1:%d", peer+2)
		b.fill(c, id, 20)
		if partitionOf(id, 2) != broken {
			sound = append(sound, id)
		}
	}
	require.NotEmpty(t, sound)
	for _, id := range sound {
		eventually(t, func() bool { return len(firsts(b.gateway.Seqs(id))) == 20 }, "the other partition is delivered")
	}
}

func TestAConsumerWithoutItsStoreStopsWhenItIsTold(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	b.publisher().Enqueue(1, []*logpb.Entry{{ConversationId: "g:9", Seq: 1}}) // its members are asked of the store
	eventually(t, func() bool { return b.written() == 1 }, "it is in Kafka")
	require.NoError(t, b.db.Exec("ALTER TABLE user_conversations RENAME TO away").Error)
	c := b.consumer()
	b.members(1)
	stopped := make(chan struct{})
	go func() { c.Stop(); close(stopped) }()
	select {
	case <-stopped:
	case <-time.After(20 * time.Second):
		t.Fatal("it still waits for the store")
	}
	require.Zero(t, b.committed(), "nothing was skipped")
}

func TestStuckGatewaysHoldNoOffsetsUp(t *testing.T) {
	t.Parallel()
	b := newBench(t, 2)
	values := []string{b.gateway.Value()}
	for n := range 5 {
		stuck := pushtest.Start(t, fmt.Sprint("stuck-", n))
		stuck.Silence(true)
		values = append(values, stuck.Value())
	}
	s := b.spread()
	s.gateways.Update(values)
	consumer := NewConsumer(kafkax.Config{Brokers: b.cluster.ListenAddrs()}, b.kafka, s, b.sizes[TopicMessage])
	consumer.Start()
	t.Cleanup(consumer.Stop)
	c := b.committer(b.publisher())
	b.fill(c, "s:1:2", 50)
	eventually(t, func() bool { return b.complete(1, 50) }, "the gateway that is well has everything")
	b.requireOrder(1, 50)
	eventually(t, func() bool { return b.committed() == b.written() }, "what was delivered is committed")
}

func TestAUserOnADeadGatewayIsAbsentOnceItsLeaseEnds(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	s := b.spread()
	b.online(1, 2)
	b.fill(b.committer(crashed{}), "s:1:2", 2)
	w := newWorker(s)
	b.gateway.Stop()
	require.NoError(t, w.deliver(context.Background(), record(t, b.stored("s:1:2", 1, 1)...)))
	require.Empty(t, b.records(TopicOffline), "until then it is expected back")
	s.gateways.Update(nil)
	require.NoError(t, w.deliver(context.Background(), record(t, b.stored("s:1:2", 2, 2)...)))
	woken := b.records(TopicOffline)
	require.Len(t, woken, 1)
	require.Equal(t, "2", string(woken[0].Key))
}
