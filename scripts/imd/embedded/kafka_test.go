package embedded_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/stretchr/testify/require"

	"im-backend/scripts/imd/embedded"
)

const topic = "im.test"

func startKafka(t *testing.T, dir string) *embedded.Kafka {
	t.Helper()
	k, err := embedded.NewKafka(dir)
	require.NoError(t, err)
	require.NoError(t, k.Start(t.Context()))
	t.Cleanup(func() { require.NoError(t, k.Stop(context.Background())) })
	return k
}

func createTopic(t *testing.T, k *embedded.Kafka) {
	t.Helper()
	client := &kafka.Client{Addr: kafka.TCP(k.Addr()), Timeout: 5 * time.Second}
	answer, err := client.CreateTopics(t.Context(), &kafka.CreateTopicsRequest{
		Topics: []kafka.TopicConfig{{Topic: topic, NumPartitions: 4, ReplicationFactor: 1}},
	})
	require.NoError(t, err)
	require.NoError(t, answer.Errors[topic])
}

func produce(t *testing.T, k *embedded.Kafka, from, to int) {
	t.Helper()
	w := &kafka.Writer{
		Addr: kafka.TCP(k.Addr()), Topic: topic, Balancer: &kafka.Hash{},
		RequiredAcks: kafka.RequireAll, BatchTimeout: time.Millisecond,
	}
	defer func() { require.NoError(t, w.Close()) }()
	for i := from; i < to; i++ {
		require.NoError(t, w.WriteMessages(t.Context(), kafka.Message{Key: fmt.Append(nil, i), Value: fmt.Append(nil, i)}))
	}
}

// consume reads n records as a member of a group and commits them. It answers their values and how often each was read.
func consume(t *testing.T, k *embedded.Kafka, n int) map[string]int {
	t.Helper()
	r := kafka.NewReader(kafka.ReaderConfig{
		Brokers: []string{k.Addr()}, Topic: topic, GroupID: "test", MaxWait: 100 * time.Millisecond,
		SessionTimeout: 10 * time.Second, RebalanceTimeout: 10 * time.Second,
	})
	defer func() { require.NoError(t, r.Close()) }()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	got := map[string]int{}
	for range n {
		m, err := r.FetchMessage(ctx)
		require.NoError(t, err)
		got[string(m.Value)]++
		require.NoError(t, r.CommitMessages(ctx, m))
	}
	return got
}

func TestKafkaKeepsRecordsAndGroupOffsetsOverARestart(t *testing.T) {
	t.Parallel()
	k := startKafka(t, t.TempDir())
	createTopic(t, k)
	produce(t, k, 0, 20)
	require.Len(t, consume(t, k, 20), 20)
	produce(t, k, 20, 30)

	addr := k.Addr()
	require.NoError(t, k.Stop(t.Context()))
	require.NoError(t, k.Stop(t.Context()), "stopping twice is harmless")
	require.NoError(t, k.Start(t.Context()))

	require.Equal(t, addr, k.Addr())
	got := consume(t, k, 10)
	for i := 20; i < 30; i++ {
		require.Equal(t, 1, got[fmt.Sprint(i)], "the group goes on where it was, with record %d", i)
	}
}

func TestKafkaComesBackFromTheDiskOfACrash(t *testing.T) {
	t.Parallel()
	dir, image := t.TempDir(), t.TempDir()
	k := startKafka(t, filepath.Join(dir, "kafka"))
	createTopic(t, k)
	produce(t, k, 0, 20)
	require.Len(t, consume(t, k, 20), 20)
	produce(t, k, 20, 30)
	copyDir(t, dir, image) // what a crash at this moment leaves behind

	got := consume(t, startKafka(t, filepath.Join(image, "kafka")), 10)
	for i := 20; i < 30; i++ {
		require.Equal(t, 1, got[fmt.Sprint(i)])
	}
}
