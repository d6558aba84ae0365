package embedded

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"sync"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"
)

// retentionPeriod is how often the log is searched for what is older than Kafka's usual seven days.
const retentionPeriod = time.Hour

// Kafka is one broker that speaks Kafka's protocol and keeps topics, records and group offsets in a directory, synced on
// every write. It has one node, so acks=all means one disk.
type Kafka struct {
	dir  string
	port int

	cluster  *kfake.Cluster
	stopping chan struct{}
	cleaning sync.WaitGroup
}

// NewKafka chooses the address of a broker that keeps its data in dir.
func NewKafka(dir string) (*Kafka, error) {
	port, err := FreePort()
	if err != nil {
		return nil, err
	}
	return &Kafka{dir: dir, port: port}, nil
}

// Addr is host:port for clients.
func (k *Kafka) Addr() string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(k.port)) }

// Start opens the log and serves.
func (k *Kafka) Start(context.Context) error {
	cluster, err := kfake.NewCluster(kfake.Ports(k.port), kfake.DataDir(k.dir), kfake.SyncWrites())
	if err != nil {
		return fmt.Errorf("start kafka: %w", err)
	}
	k.cluster, k.stopping = cluster, make(chan struct{})
	k.cleaning.Go(func() { k.applyRetention(cluster, k.stopping) })
	return nil
}

func (*Kafka) applyRetention(cluster *kfake.Cluster, stopping <-chan struct{}) {
	ticker := time.NewTicker(retentionPeriod)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C:
			cluster.ApplyRetention()
		case <-stopping:
			return
		}
	}
}

// Stop writes what is open and ends the broker. The data stays.
func (k *Kafka) Stop(context.Context) error {
	if k.cluster == nil {
		return nil
	}
	close(k.stopping)
	k.cleaning.Wait()
	k.cluster.Close()
	k.cluster = nil
	return nil
}
