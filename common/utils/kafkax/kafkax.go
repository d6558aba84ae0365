// Package kafkax opens Kafka with the settings that keep our promises: every write waits for all replicas, nothing is sent
// in the background, and topics exist before they are used.
package kafkax

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/sasl"
	"github.com/segmentio/kafka-go/sasl/plain"

	"im-backend/common/utils/secret"
)

// Config says where Kafka is.
type Config struct {
	Brokers     []string
	User        string `json:",optional"` // SASL/PLAIN; empty: Kafka asks for none
	Password    string `json:",optional"`
	Partitions  int    `json:",default=64"` // of the topics that this service makes
	Replication int    `json:",default=1"`  // copies of each partition, for topics that this service makes
}

// timeout bounds one request to Kafka.
const timeout = 5 * time.Second

// Secret is the password, for a configuration that has Kafka under a key.
func (c Config) Secret(key string) secret.Secret {
	s := secret.Secret{Key: key + ".Password", Value: c.Password}
	if len(c.Brokers) > 0 {
		s.At = c.Brokers[0]
	}
	return s
}

// mechanism is how a client says who it is; nil when nobody asks.
func (c Config) mechanism() sasl.Mechanism {
	if c.User == "" {
		return nil
	}
	return plain.Mechanism{Username: c.User, Password: c.Password}
}

// Dialer is for the parts of kafka-go that make their own connections.
func (c Config) Dialer() *kafka.Dialer {
	return &kafka.Dialer{Timeout: timeout, DualStack: true, SASLMechanism: c.mechanism()}
}

// NewClient makes a client; it connects when it is used.
func NewClient(c Config) *kafka.Client {
	return &kafka.Client{
		Addr:    kafka.TCP(c.Brokers...),
		Timeout: timeout,
		Transport: &kafka.Transport{
			DialTimeout: 2 * time.Second, IdleTimeout: 5 * time.Minute, MetadataTTL: 5 * time.Second, SASL: c.mechanism(),
		},
	}
}

// Close ends a client's idle connections.
func Close(client *kafka.Client) {
	if t, ok := client.Transport.(*kafka.Transport); ok {
		t.CloseIdleConnections()
	}
}

// EnsureTopics makes the topics that are missing and answers how many partitions each has.
func EnsureTopics(ctx context.Context, client *kafka.Client, c Config, topics ...string) (map[string]int, error) {
	request := &kafka.CreateTopicsRequest{}
	for _, topic := range topics {
		request.Topics = append(request.Topics, kafka.TopicConfig{
			Topic: topic, NumPartitions: c.Partitions, ReplicationFactor: c.Replication,
		})
	}
	created, err := client.CreateTopics(ctx, request)
	if err != nil {
		return nil, fmt.Errorf("create topics: %w", err)
	}
	for topic, err := range created.Errors {
		if err != nil && !errors.Is(err, kafka.TopicAlreadyExists) {
			return nil, fmt.Errorf("create topic %s: %w", topic, err)
		}
	}
	metadata, err := client.Metadata(ctx, &kafka.MetadataRequest{Topics: topics})
	if err != nil {
		return nil, fmt.Errorf("read topics: %w", err)
	}
	partitions := map[string]int{}
	for _, topic := range metadata.Topics {
		if topic.Error != nil {
			return nil, fmt.Errorf("read topic %s: %w", topic.Name, topic.Error)
		}
		partitions[topic.Name] = len(topic.Partitions)
	}
	return partitions, nil
}

// Produce writes records to one partition, in order, and returns when all replicas have them.
func Produce(ctx context.Context, client *kafka.Client, topic string, partition int, records ...kafka.Record) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	answer, err := client.Produce(ctx, &kafka.ProduceRequest{
		Topic: topic, Partition: partition, RequiredAcks: kafka.RequireAll, Records: kafka.NewRecordReader(records...),
	})
	if err == nil {
		err = answer.Error
	}
	if err != nil {
		return fmt.Errorf("produce to %s/%d: %w", topic, partition, err)
	}
	return nil
}

// Ping reports whether a broker answers, for readiness.
func Ping(ctx context.Context, client *kafka.Client) error {
	if _, err := client.Metadata(ctx, &kafka.MetadataRequest{Topics: []string{}}); err != nil {
		return fmt.Errorf("ping kafka: %w", err)
	}
	return nil
}
