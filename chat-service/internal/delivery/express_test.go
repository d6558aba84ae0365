package delivery

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"im-backend/chat-service/internal/committer"
)

// express runs an instance that delivers what it stores, once it reads all partitions.
func (b *bench) express() *Express {
	b.t.Helper()
	c := b.consumer()
	p := b.publisher()
	x := NewExpress(c, p)
	x.Start()
	b.t.Cleanup(x.Stop)
	eventually(b.t, func() bool { return c.owners.count() == b.sizes[TopicMessage] }, "it reads the partitions")
	return x
}

// count is how many partitions have a worker.
func (o *owners) count() int {
	o.mu.RLock()
	defer o.mu.RUnlock()
	return len(o.workers)
}

func TestAnEntryThatFollowsIsDeliveredWithoutKafkaAndOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t, 4)
	b.online(1) // everybody else has to be woken
	c := b.committer(b.express())
	b.away.Store(true)
	const conversations, each = 5, 30
	for i := range conversations {
		b.fill(c, fmt.Sprintf("s:1:%d", i+2), each)
	}
	eventually(t, func() bool { return b.complete(conversations, each) }, "delivered while Kafka is away")
	b.away.Store(false)
	eventually(t, func() bool { return b.outbox() == 0 && b.committed() == b.written() }, "Kafka has them and they are read back")
	for i := range conversations {
		require.Equal(t, run(1, each), b.gateway.Seqs(fmt.Sprintf("s:1:%d", i+2)), "nothing comes twice")
	}
	woken := b.entriesOf(b.records(TopicOffline))
	for i := range conversations {
		require.Equal(t, run(1, each), woken[fmt.Sprintf("s:1:%d", i+2)], "absent users are woken once")
	}
}

func TestAnEntryThatDoesNotFollowWaitsForItsTurn(t *testing.T) {
	t.Parallel()
	b := newBench(t, 4)
	c := b.committer(b.express())
	b.fill(c, "s:1:2", 3)
	eventually(t, func() bool { return b.complete(1, 3) }, "delivered")
	b.fill(b.committer(crashed{}), "s:1:2", 2) // stored by an instance that ended before Kafka had them
	b.nodes += 10                              // other client ids
	b.fill(c, "s:1:2", 4)
	eventually(t, func() bool { return b.complete(1, 9) }, "all")
	require.Equal(t, run(1, 9), firsts(b.gateway.Seqs("s:1:2")), "nothing overtakes what stands before it")
}

func TestTwoInstancesThatStoreInOneConversationKeepItsOrder(t *testing.T) {
	t.Parallel()
	b := newBench(t, 4)
	reads := b.committer(b.express())
	stores := b.committer(b.publisher()) // reads no partition
	const conversations, each = 4, 200
	var filling sync.WaitGroup
	for i := range conversations {
		for n, c := range []*committer.Committer{reads, stores} {
			filling.Go(func() {
				for k := range each {
					j := b.job(1, fmt.Sprintf("s:1:%d", i+2), fmt.Sprintf("%d-%d-%d", n, i, k))
					_, err := c.Store(context.Background(), j)
					assert.NoError(t, err)
				}
			})
		}
	}
	filling.Wait()
	eventually(t, func() bool { return b.complete(conversations, 2*each) }, "all")
	b.requireOrder(conversations, 2*each)
}

func TestAReaderInAnOutageHoldsUpNoPublishing(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	x := b.express()
	b.fill(b.committer(x), "s:1:2", 1)
	eventually(t, func() bool { return b.complete(1, 1) }, "delivered")
	w := x.owners.of("s:1:2")
	w.turn <- struct{}{} // as a reader that waits for a store
	b.nodes++
	b.fill(b.committer(x), "s:1:2", 5)
	eventually(t, func() bool { return b.outbox() == 0 }, "Kafka has them")
	require.Equal(t, run(1, 1), b.gateway.Seqs("s:1:2"))
	<-w.turn
	eventually(t, func() bool { return b.complete(1, 6) }, "the reader delivers them")
	require.Equal(t, run(1, 6), b.gateway.Seqs("s:1:2"))
}

func TestTheExpressWayIsLeftWhenTheReaderOwesTooMuch(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	w := newWorker(b.spread())
	b.fill(b.committer(crashed{}), "s:1:2", 2)
	done, err := w.express(context.Background(), b.stored("s:1:2", 1, 1))
	require.NoError(t, err)
	require.Len(t, done, 1)
	w.owed = maxOwed + 1
	done, err = w.express(context.Background(), b.stored("s:1:2", 2, 2))
	require.NoError(t, err)
	require.Empty(t, done)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	require.NoError(t, w.deliver(ctx, record(t, b.stored("s:1:2", 1, 2)...)), "which delivers the rest")
	require.Zero(t, w.owed)
	w.spread.gateways.Flush()
	require.Equal(t, run(1, 2), b.gateway.Seqs("s:1:2"))
}

func TestAWorkerWhosePartitionsWentElsewhereDeliversNoMore(t *testing.T) {
	t.Parallel()
	b := newBench(t, 1)
	w := newWorker(b.spread())
	b.fill(b.committer(crashed{}), "s:1:2", 1)
	w.retire()
	done, err := w.express(context.Background(), b.stored("s:1:2", 1, 1))
	require.NoError(t, err)
	require.Empty(t, done)
}
