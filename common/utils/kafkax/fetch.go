package kafkax

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/segmentio/kafka-go"
	"github.com/segmentio/kafka-go/protocol"
	"github.com/segmentio/kafka-go/protocol/fetch"
)

const (
	maxWait    = time.Second // that a broker waits for records
	maxFetch   = 4 << 20     // about how many bytes of records one fetch brings
	maxOfEach  = 1 << 20     // of one partition
	noSession  = 0
	firstEpoch = 0 // makes a session
	unset      = -1
)

// Fetcher reads partitions of a topic that have one leader, all in one request. It keeps a session with the broker, so that a
// request names only what has changed since the one before. It is for one goroutine.
type Fetcher struct {
	client *kafka.Client
	topic  string

	session, epoch int32
	known          map[int]int64 // the offsets that the session has
}

// NewFetcher makes a fetcher without a session.
func NewFetcher(client *kafka.Client, topic string) *Fetcher {
	return &Fetcher{client: client, topic: topic, known: map[int]int64{}}
}

// Fetched is what a fetch brought of one partition: records, or an error such as kafka.OffsetOutOfRange.
type Fetched struct {
	Partition int
	Records   []kafka.Message // in order, from the offset that was asked for
	End       int64           // the offset after the partition's last record
	Err       error
}

// Fetch waits up to a second for records of the partitions, each from the offset that next names; the partitions are the same
// each time. It answers those that have something to tell. An error ends the session; the next call begins a new one.
func (f *Fetcher) Fetch(ctx context.Context, next map[int]int64) ([]Fetched, error) {
	ctx, cancel := context.WithTimeout(ctx, maxWait+timeout)
	defer cancel()
	answer, err := f.client.Transport.RoundTrip(ctx, f.client.Addr, &fetch.Request{
		ReplicaID: unset, MaxWaitTime: int32(maxWait / time.Millisecond), MinBytes: 1, MaxBytes: maxFetch,
		SessionID: f.session, SessionEpoch: f.epoch,
		Topics: []fetch.RequestTopic{{Topic: f.topic, Partitions: f.changed(next)}},
	})
	if err != nil {
		f.end()
		return nil, fmt.Errorf("fetch from %s: %w", f.topic, err)
	}
	response := answer.(*fetch.Response) //nolint:errcheck // what the protocol answers
	switch err := errorOf(response.ErrorCode); {
	case errors.Is(err, kafka.FetchSessionIDNotFound), errors.Is(err, kafka.InvalidFetchSessionEpoch):
		f.end()
		return nil, nil // the broker has dropped the session
	case err != nil:
		f.end()
		return nil, fmt.Errorf("fetch from %s: %w", f.topic, err)
	}
	f.advance(response.SessionID)
	return f.read(response, next)
}

// changed lists what the session does not know yet. At least one partition is named, by which the broker is found.
func (f *Fetcher) changed(next map[int]int64) []fetch.RequestPartition {
	var partitions []fetch.RequestPartition
	for partition, offset := range next {
		if at, ok := f.known[partition]; !ok || at != offset {
			partitions = append(partitions, requestOf(partition, offset))
			f.known[partition] = offset
		}
	}
	for partition, offset := range next {
		if len(partitions) > 0 {
			break
		}
		partitions = append(partitions, requestOf(partition, offset))
	}
	return partitions
}

func requestOf(partition int, offset int64) fetch.RequestPartition {
	return fetch.RequestPartition{
		Partition: int32(partition), FetchOffset: offset, PartitionMaxBytes: maxOfEach,
		CurrentLeaderEpoch: unset, LogStartOffset: unset,
	}
}

// advance goes on with the session that the broker named; one that keeps none gets the whole list each time.
func (f *Fetcher) advance(session int32) {
	if session == noSession {
		f.end()
		return
	}
	f.session = session
	if f.epoch++; f.epoch < 1 {
		f.epoch = 1
	}
}

func (f *Fetcher) end() {
	f.session, f.epoch = noSession, firstEpoch
	clear(f.known)
}

func (f *Fetcher) read(response *fetch.Response, next map[int]int64) ([]Fetched, error) {
	var all []Fetched
	for _, t := range response.Topics {
		for _, p := range t.Partitions {
			got := Fetched{Partition: int(p.Partition), End: p.HighWatermark, Err: errorOf(p.ErrorCode)}
			if got.Err == nil {
				var err error
				if got.Records, err = f.records(p, next[got.Partition]); err != nil {
					f.end()
					return nil, fmt.Errorf("read records of %s/%d: %w", f.topic, p.Partition, err)
				}
			}
			if got.Err != nil || len(got.Records) > 0 {
				all = append(all, got)
			}
		}
	}
	return all, nil
}

// records reads a partition's records from an offset on: a batch that begins before it comes whole.
func (f *Fetcher) records(p fetch.ResponsePartition, from int64) ([]kafka.Message, error) {
	if p.RecordSet.Records == nil {
		return nil, nil
	}
	var records []kafka.Message
	for {
		r, err := p.RecordSet.Records.ReadRecord()
		if errors.Is(err, io.EOF) {
			return records, nil
		}
		if err != nil {
			return nil, err //nolint:wrapcheck // Fetch says what was read
		}
		key, value, err := contentOf(r)
		if err != nil {
			return nil, err
		}
		if r.Offset >= from {
			records = append(records, kafka.Message{
				Topic: f.topic, Partition: int(p.Partition), Offset: r.Offset, Key: key, Value: value, Headers: r.Headers,
			})
		}
	}
}

// contentOf copies a record's content and gives its buffers back.
func contentOf(r *kafka.Record) (key, value []byte, err error) {
	if key, err = take(r.Key); err != nil {
		return nil, nil, err
	}
	value, err = take(r.Value)
	return key, value, err
}

func take(b protocol.Bytes) ([]byte, error) {
	if b == nil {
		return nil, nil
	}
	content, err := protocol.ReadAll(b)
	if closed := b.Close(); err == nil {
		err = closed
	}
	return content, err //nolint:wrapcheck // Fetch says what was read
}

// FirstOffsets answers the offset of the oldest record of partitions of a topic.
func FirstOffsets(ctx context.Context, client *kafka.Client, topic string, partitions []int) (map[int]int64, error) {
	if len(partitions) == 0 {
		return map[int]int64{}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	asked := make([]kafka.OffsetRequest, len(partitions))
	for i, p := range partitions {
		asked[i] = kafka.FirstOffsetOf(p)
	}
	answer, err := client.ListOffsets(ctx, &kafka.ListOffsetsRequest{Topics: map[string][]kafka.OffsetRequest{topic: asked}})
	if err != nil {
		return nil, fmt.Errorf("list offsets of %s: %w", topic, err)
	}
	first := make(map[int]int64, len(partitions))
	for _, p := range answer.Topics[topic] {
		if p.Error != nil {
			return nil, fmt.Errorf("list offsets of %s/%d: %w", topic, p.Partition, p.Error)
		}
		first[p.Partition] = p.FirstOffset
	}
	return first, nil
}
