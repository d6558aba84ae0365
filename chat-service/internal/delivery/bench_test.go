package delivery

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/redis/go-redis/v9"
	"github.com/segmentio/kafka-go"
	"github.com/stretchr/testify/require"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kmsg"
	"google.golang.org/protobuf/proto"

	"im-backend/chat-service/internal/committer"
	"im-backend/chat-service/internal/message"
	"im-backend/chat-service/internal/push"
	"im-backend/chat-service/internal/push/pushtest"
	"im-backend/chat-service/internal/store"
	"im-backend/chat-service/internal/storetest"
	"im-backend/common/model"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/dbx"
	"im-backend/common/utils/idgen"
	"im-backend/common/utils/kafkax"
	"im-backend/common/utils/rediskey"
)

// bench is delivery with its stores and one gateway, which gets everything.
type bench struct {
	t       testing.TB
	store   *store.Store
	db      *dbx.DB
	redis   *miniredis.Miniredis
	rdb     *redis.Client
	cluster *kfake.Cluster
	kafka   *kafka.Client
	topics  *Topics
	gateway *pushtest.Gateway
	away    atomic.Bool  // Kafka takes no writes to im.message
	noWake  atomic.Bool  // nor to im.offline
	writes  atomic.Int64 // tried while it was away
	sizes   map[string]int
	nodes   int64
}

func newBench(t testing.TB, partitions int) *bench {
	t.Helper()
	return newBenchOn(t, 1, partitions)
}

// newBenchOn has so many brokers.
func newBenchOn(t testing.TB, brokers, partitions int) *bench {
	t.Helper()
	st, db := storetest.Open(t)
	server := miniredis.RunT(t)
	b := &bench{
		t: t, store: st, db: db, redis: server, gateway: pushtest.Start(t, "gateway"),
		rdb:   redis.NewClient(&redis.Options{Addr: server.Addr(), MaxRetries: -1}),
		sizes: map[string]int{TopicMessage: partitions, TopicDeadLetter: 1, TopicOffline: 1},
	}
	cluster, err := kfake.NewCluster(kfake.NumBrokers(brokers), kfake.SeedTopics(int32(partitions), TopicMessage),
		kfake.SeedTopics(1, TopicDeadLetter, TopicOffline))
	require.NoError(t, err)
	cluster.ControlKey(int16(kmsg.Produce), b.outage)
	b.cluster = cluster
	b.kafka = kafkax.NewClient(kafkax.Config{Brokers: cluster.ListenAddrs()})
	b.topics = NewTopics(b.kafka, b.sizes)
	t.Cleanup(func() {
		kafkax.Close(b.kafka)
		cluster.Close()
		require.NoError(t, b.rdb.Close())
	})
	return b
}

func (b *bench) outage(request kmsg.Request) (kmsg.Response, error, bool) { //nolint:revive // as kfake wants it
	b.cluster.KeepControl()
	produce, ok := request.(*kmsg.ProduceRequest)
	if !ok || len(produce.Topics) == 0 {
		return nil, nil, false
	}
	if topic := produce.Topics[0].Topic; (topic == TopicMessage && b.away.Load()) || (topic == TopicOffline && b.noWake.Load()) {
		b.writes.Add(1)
		return nil, errors.New("away"), true
	}
	return nil, nil, false
}

func (b *bench) spread() *Spread {
	b.t.Helper()
	gateways := push.New(b.rdb, pushtest.Dial, b.store)
	gateways.Update([]string{b.gateway.Value()})
	b.t.Cleanup(gateways.Close)
	s, err := NewSpread(Config{LargeGroup: 500}, b.store, b.rdb, gateways, b.topics)
	require.NoError(b.t, err)
	return s
}

// publisher runs one with short times.
func (b *bench) publisher() *Publisher {
	p := NewPublisher(b.kafka, b.store, b.sizes[TopicMessage])
	p.sweep = sweepConfig{every: 20 * time.Millisecond, older: 50 * time.Millisecond, gather: time.Millisecond}
	p.Start()
	b.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		p.Stop(ctx)
	})
	return p
}

type crashed struct{}

func (crashed) Enqueue(int64, []*logpb.Entry) {}

// committer stores for real and hands what it stored to p; a crashed one hands it to nobody.
func (b *bench) committer(p committer.Publisher) *committer.Committer {
	b.t.Helper()
	b.nodes++
	c, err := committer.New(committer.Config{
		Lanes: 1, Queue: 10000, Batch: 500, Timeout: 10 * time.Second, CachedGroups: 10, CachedHeads: 1000, LargeGroup: 1000,
		RecallWindow: time.Hour, EditWindow: time.Hour, ReactionKinds: 20, Pins: 50,
	}, b.store, idgen.New(b.nodes), p)
	require.NoError(b.t, err)
	c.Start()
	b.t.Cleanup(c.Stop)
	return c
}

func (b *bench) job(from model.UserID, id, clientMsgID string) committer.Job {
	parsed, err := model.ParseConversationID(id)
	require.NoError(b.t, err)
	m, err := message.New(clientMsgID, message.Text, []byte(`{"text":"hi"}`), 0, nil)
	require.NoError(b.t, err)
	return committer.Job{
		To: committer.Address{Parsed: parsed, ID: id}, Send: &committer.Send{Sender: from, Message: m}, Settled: true,
	}
}

// fill stores n texts of user 1.
func (b *bench) fill(c *committer.Committer, id string, n int) {
	b.t.Helper()
	answers := make(chan error, n)
	for i := range n {
		j := b.job(1, id, fmt.Sprintf("%s-%d-%d", id, b.nodes, i))
		j.Ctx, j.Done = context.Background(), func(_ committer.Result, err error) { answers <- err }
		c.Submit(&j)
	}
	for range n {
		require.NoError(b.t, <-answers)
	}
}

func (b *bench) outbox() int {
	b.t.Helper()
	rows, err := b.store.OldOutbox(context.Background(), time.Now().Add(time.Hour).UnixMilli(), 0, 100_000)
	require.NoError(b.t, err)
	return len(rows)
}

// records reads what a topic has, partition by partition.
func (b *bench) records(topic string) (messages []kafka.Message) {
	b.t.Helper()
	for partition := range b.sizes[topic] {
		info := b.cluster.PartitionInfo(topic, int32(partition))
		if info.HighWatermark == 0 {
			continue
		}
		reader := kafka.NewReader(kafka.ReaderConfig{
			Brokers: b.cluster.ListenAddrs(), Topic: topic, Partition: partition, MaxBytes: 8 << 20, MaxWait: time.Second,
		})
		for {
			m, err := reader.FetchMessage(context.Background())
			require.NoError(b.t, err)
			messages = append(messages, m)
			if m.Offset == info.HighWatermark-1 {
				break
			}
		}
		require.NoError(b.t, reader.Close())
	}
	return messages
}

// entriesOf answers the entries of records by conversation.
func (b *bench) entriesOf(messages []kafka.Message) map[string][]int64 {
	b.t.Helper()
	seqs := map[string][]int64{}
	for _, m := range messages {
		record := &logpb.Record{}
		require.NoError(b.t, proto.Unmarshal(m.Value, record))
		for _, e := range record.GetEntries() {
			seqs[e.GetConversationId()] = append(seqs[e.GetConversationId()], e.GetSeq())
		}
	}
	return seqs
}

func (b *bench) online(users ...model.UserID) {
	require.NoError(b.t, b.redis.Set(rediskey.Gateway(b.gateway.ID), "1"))
	for _, u := range users {
		b.redis.HSet(rediskey.Route(u), "c", b.gateway.ID+"|5|web")
	}
}

func eventually(t testing.TB, condition func() bool, what string) {
	t.Helper()
	require.Eventually(t, condition, 30*time.Second, 5*time.Millisecond, what)
}

func run(from, to int64) (seqs []int64) {
	for seq := from; seq <= to; seq++ {
		seqs = append(seqs, seq)
	}
	return seqs
}

// firsts leaves out repeats.
func firsts(seqs []int64) (out []int64) {
	seen := map[int64]bool{}
	for _, seq := range seqs {
		if !seen[seq] {
			out = append(out, seq)
		}
		seen[seq] = true
	}
	return out
}
