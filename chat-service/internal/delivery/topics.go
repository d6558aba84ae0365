package delivery

import (
	"context"
	"fmt"
	"strconv"
	"sync/atomic"

	"github.com/segmentio/kafka-go"
	"google.golang.org/protobuf/proto"

	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/kafkax"
)

// Topics writes the two topics beside im.message.
type Topics struct {
	client     *kafka.Client
	partitions map[string]int
	next       atomic.Uint32
}

// NewTopics makes a writer; partitions says how many each topic has.
func NewTopics(client *kafka.Client, partitions map[string]int) *Topics {
	return &Topics{client: client, partitions: partitions}
}

// deadLetter keeps a record that cannot be delivered, with where it stood and why.
func (t *Topics) deadLetter(ctx context.Context, m kafka.Message, cause error) error {
	partition := int(t.next.Add(1)) % t.partitions[TopicDeadLetter]
	return kafkax.Produce(ctx, t.client, TopicDeadLetter, partition, kafka.Record{
		Key: kafka.NewBytes(m.Key), Value: kafka.NewBytes(m.Value),
		Headers: []kafka.Header{
			{Key: "error", Value: []byte(cause.Error())},
			{Key: "source", Value: []byte(m.Topic + "/" + strconv.Itoa(m.Partition) + "/" + strconv.FormatInt(m.Offset, 10))},
		},
	})
}

// offline hands entries to whoever wakes absent users: one record for each user, keyed by its id.
func (t *Topics) offline(ctx context.Context, absent map[int64][]*logpb.Entry) error {
	byPartition := map[int][]kafka.Record{}
	sizes := map[int]int{}
	for user, entries := range absent {
		value, err := proto.Marshal(&logpb.Record{Entries: entries})
		if err != nil {
			return fmt.Errorf("encode offline record: %w", err)
		}
		key := strconv.FormatInt(user, 10)
		n := partitionOf(key, t.partitions[TopicOffline])
		if sizes[n] > 0 && sizes[n]+len(value) > maxRecord { // a write is one batch of Kafka, which has a largest size
			if err := kafkax.Produce(ctx, t.client, TopicOffline, n, byPartition[n]...); err != nil {
				return err
			}
			byPartition[n], sizes[n] = nil, 0
		}
		byPartition[n] = append(byPartition[n], kafka.Record{Key: kafka.NewBytes([]byte(key)), Value: kafka.NewBytes(value)})
		sizes[n] += len(value) + 100
	}
	return kafkax.ProduceByLeader(ctx, t.client, TopicOffline, byPartition)
}
