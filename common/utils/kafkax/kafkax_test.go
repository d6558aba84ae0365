package kafkax_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
	"github.com/twmb/franz-go/pkg/kversion"

	"im-backend/common/utils/kafkax"
)

const (
	topic      = "topic"
	partitions = 6
)

func start(t *testing.T, opts ...kfake.Opt) (*kfake.Cluster, *kafka.Client) {
	t.Helper()
	cluster, err := kfake.NewCluster(append(opts, kfake.SeedTopics(partitions, topic))...)
	require.NoError(t, err)
	client := kafkax.NewClient(kafkax.Config{Brokers: cluster.ListenAddrs()})
	t.Cleanup(func() {
		kafkax.Close(client)
		cluster.Close()
	})
	return cluster, client
}

func records(values ...string) []kafka.Record {
	out := make([]kafka.Record, len(values))
	for i, v := range values {
		out[i] = kafka.Record{Key: kafka.NewBytes([]byte("key of " + v)), Value: kafka.NewBytes([]byte(v))}
	}
	return out
}

func deadline(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// reading is a fetcher with its offsets and what it has read of each partition.
type reading struct {
	t       *testing.T
	fetcher *kafkax.Fetcher
	next    map[int]int64
	values  map[int][]string
}

func read(t *testing.T, client *kafka.Client, some ...int) *reading {
	t.Helper()
	r := &reading{t: t, fetcher: kafkax.NewFetcher(client, topic), next: map[int]int64{}, values: map[int][]string{}}
	for _, p := range some {
		r.next[p] = 0
	}
	return r
}

// until fetches until a partition has so many values.
func (r *reading) until(ctx context.Context, partition, values int) {
	r.t.Helper()
	for len(r.values[partition]) < values {
		got, err := r.fetcher.Fetch(ctx, r.next)
		require.NoError(r.t, err)
		for _, f := range got {
			require.NoError(r.t, f.Err)
			for _, m := range f.Records {
				require.Equal(r.t, r.next[f.Partition], m.Offset, "in order, none left out, none twice")
				require.Equal(r.t, "key of "+string(m.Value), string(m.Key))
				r.next[f.Partition]++
				r.values[f.Partition] = append(r.values[f.Partition], string(m.Value))
			}
		}
	}
}

func TestWhatIsProducedToManyPartitionsIsFetchedFromThem(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string][]kfake.Opt{
		"with a session": nil,
		"a broker that keeps no sessions": {kfake.MaxVersions(func() *kversion.Versions {
			v := kversion.V3_0_0()
			v.SetMaxKeyVersion(int16(kmsg.Fetch), 6)
			return v
		}())},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, client := start(t, append(opts, kfake.NumBrokers(1))...)
			ctx := deadline(t)
			r := read(t, client, 0, 1, 2, 3)
			for round := range 5 {
				outcomes, err := kafkax.ProduceAll(ctx, client, topic, []kafkax.Batch{
					{Partition: 1, Records: records(fmt.Sprint("a", round), fmt.Sprint("b", round))},
					{Partition: round % 2 * 3, Records: records(fmt.Sprint("c", round))},
				})
				require.NoError(t, err)
				require.Equal(t, []error{nil, nil}, outcomes)
				r.until(ctx, 1, 2*round+2)
			}
			r.until(ctx, 0, 3)
			r.until(ctx, 3, 2)
			require.Equal(t, []string{"c0", "c2", "c4"}, r.values[0])
			require.Equal(t, []string{"c1", "c3"}, r.values[3])
			require.Equal(t, []string{"a0", "b0", "a1", "b1"}, r.values[1][:4])
		})
	}
}

func TestASessionThatTheBrokerHasDroppedIsBegunAnew(t *testing.T) {
	t.Parallel()
	_, client := start(t, kfake.NumBrokers(1), kfake.BrokerConfigs(map[string]string{"max.incremental.fetch.session.cache.slots": "1"}))
	ctx := deadline(t)
	first, second := read(t, client, 0, 1), read(t, client, 0, 1)
	for round := range 5 { // each takes the only place from the other
		require.NoError(t, kafkax.Produce(ctx, client, topic, 0, records("a")...))
		first.until(ctx, 0, round+1)
		second.until(ctx, 0, round+1)
	}
}

func TestAPartitionThatIsRefusedKeepsNoOtherFromBeingWritten(t *testing.T) {
	t.Parallel()
	cluster, client := start(t, kfake.NumBrokers(1))
	cluster.ControlKey(int16(kmsg.Produce), func(request kmsg.Request) (kmsg.Response, error, bool) {
		cluster.KeepControl()
		produce, ok := request.(*kmsg.ProduceRequest)
		if !ok || len(produce.Topics[0].Partitions) == 1 {
			return nil, nil, false
		}
		response, _ := produce.ResponseKind().(*kmsg.ProduceResponse)
		for _, p := range produce.Topics[0].Partitions {
			answer := kmsg.ProduceResponseTopicPartition{Partition: p.Partition}
			if p.Partition == 2 {
				answer.ErrorCode = int16(kafka.MessageSizeTooLarge)
			}
			response.Topics = append(response.Topics, kmsg.ProduceResponseTopic{
				Topic: topic, Partitions: []kmsg.ProduceResponseTopicPartition{answer},
			})
		}
		return response, nil, true
	})
	outcomes, err := kafkax.ProduceAll(deadline(t), client, topic, []kafkax.Batch{
		{Partition: 2, Records: records("a")}, {Partition: 4, Records: records("b")},
	})
	require.NoError(t, err)
	require.ErrorIs(t, outcomes[0], kafka.MessageSizeTooLarge)
	require.NoError(t, outcomes[1])
}

func TestAnOffsetBeyondThePartitionIsToldWithItsPartition(t *testing.T) {
	t.Parallel()
	_, client := start(t, kfake.NumBrokers(1))
	got, err := kafkax.NewFetcher(client, topic).Fetch(deadline(t), map[int]int64{0: 0, 1: 1000})
	require.NoError(t, err)
	at := slices.IndexFunc(got, func(f kafkax.Fetched) bool { return f.Partition == 1 })
	require.GreaterOrEqual(t, at, 0)
	require.ErrorIs(t, got[at].Err, kafka.OffsetOutOfRange)
}

func TestRecordsForPartitionsOfSeveralLeadersReachThemAll(t *testing.T) {
	t.Parallel()
	cluster, client := start(t, kfake.NumBrokers(3))
	ctx := deadline(t)
	leaders, err := kafkax.Leaders(ctx, client, topic)
	require.NoError(t, err)
	require.Len(t, leaders, partitions)
	byPartition := map[int][]kafka.Record{}
	for p := range partitions {
		require.EqualValues(t, cluster.LeaderFor(topic, int32(p)), leaders[p])
		byPartition[p] = records("a", "b")
	}
	require.NoError(t, kafkax.ProduceByLeader(ctx, client, topic, byPartition))
	for _, info := range cluster.PartitionInfos(topic) {
		require.EqualValues(t, 2, info.HighWatermark)
	}
	first, err := kafkax.FirstOffsets(ctx, client, topic, []int{0, 1, 2, 3, 4, 5})
	require.NoError(t, err)
	require.Len(t, first, partitions)
}
