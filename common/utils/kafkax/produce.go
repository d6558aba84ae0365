package kafkax

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/protocol/produce"
	"golang.org/x/sync/errgroup"
)

// Leaders answers the broker that leads each partition of a topic, as far as is known; the knowledge is some seconds old at
// the most. A partition without a leader is missing.
func Leaders(ctx context.Context, client *kafka.Client, topic string) (map[int]int, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	metadata, err := client.Metadata(ctx, &kafka.MetadataRequest{Topics: []string{topic}})
	if err != nil {
		return nil, fmt.Errorf("read leaders of %s: %w", topic, err)
	}
	leaders := map[int]int{}
	for _, t := range metadata.Topics {
		for _, p := range t.Partitions {
			if p.Leader.Host != "" {
				leaders[p.ID] = p.Leader.ID
			}
		}
	}
	return leaders, nil
}

// Batch is records for one partition.
type Batch struct {
	Partition int
	Records   []kafka.Record
}

// ProduceAll writes batches to partitions of a topic that have one leader, in one request, and returns when all replicas have
// them: the outcome of each batch, or the error of the request, after which nothing is known of any.
func ProduceAll(ctx context.Context, client *kafka.Client, topic string, batches []Batch) ([]error, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	partitions := make([]produce.RequestPartition, len(batches))
	place := make(map[int32]int, len(batches))
	for i, b := range batches {
		partitions[i].Partition = int32(b.Partition)
		partitions[i].RecordSet = protocol.RecordSet{Records: kafka.NewRecordReader(b.Records...)}
		place[int32(b.Partition)] = i
	}
	answer, err := client.Transport.RoundTrip(ctx, client.Addr, &produce.Request{
		Acks: int16(kafka.RequireAll), Timeout: int32(timeout / time.Millisecond),
		Topics: []produce.RequestTopic{{Topic: topic, Partitions: partitions}},
	})
	if err != nil {
		return nil, fmt.Errorf("produce to %s: %w", topic, err)
	}
	outcomes := make([]error, len(batches))
	for i := range outcomes {
		outcomes[i] = kafka.UnknownTopicOrPartition // until the answer tells of it
	}
	for _, t := range answer.(*produce.Response).Topics { //nolint:errcheck // what the protocol answers
		for _, p := range t.Partitions {
			if i, asked := place[p.Partition]; asked {
				outcomes[i] = errorOf(p.ErrorCode)
			}
		}
	}
	return outcomes, nil
}

// ProduceByLeader writes records to partitions of a topic, in one request for each leader, and returns when all replicas have
// them. After an error some may be written and some not.
func ProduceByLeader(ctx context.Context, client *kafka.Client, topic string, records map[int][]kafka.Record) error {
	leaders, err := Leaders(ctx, client, topic)
	if err != nil {
		return err
	}
	byLeader := map[int][]Batch{}
	for partition, some := range records {
		leader, known := leaders[partition]
		if !known {
			return fmt.Errorf("produce to %s/%d: %w", topic, partition, kafka.LeaderNotAvailable)
		}
		byLeader[leader] = append(byLeader[leader], Batch{Partition: partition, Records: some})
	}
	requests, ctx := errgroup.WithContext(ctx)
	for _, batches := range byLeader {
		requests.Go(func() error {
			outcomes, err := ProduceAll(ctx, client, topic, batches)
			return errors.Join(append(outcomes, err)...)
		})
	}
	return requests.Wait() //nolint:wrapcheck // ProduceAll did
}

func errorOf(code int16) error {
	if code == 0 {
		return nil
	}
	return kafka.Error(code)
}
