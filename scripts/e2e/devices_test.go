package e2e_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
	"im-backend/common/utils/wire"
)

// watcher is a device that keeps what it was shown.
type watcher struct {
	*imclient.Device
	t    testing.TB
	stop func()

	mu    sync.Mutex
	shown map[string][]wire.Message
	downs int // connections that ended
}

// watch runs a device on one of the gateways until the test ends or stop is called.
func (p *person) watch(gateway int, store imclient.Store) *watcher {
	p.t.Helper()
	urls := sys.WSURLs()
	return p.watchAt(urls[gateway%len(urls)], store)
}

// watchAt is watch on a gateway by its URL.
func (p *person) watchAt(url string, store imclient.Store) *watcher {
	p.t.Helper()
	w := &watcher{t: p.t, shown: map[string][]wire.Message{}}
	w.Device = imclient.NewDevice(p.Client, imclient.DeviceOptions{
		URL: url, Store: store, MinBackoff: 20 * time.Millisecond, MaxBackoff: 200 * time.Millisecond,
		OnDown: func(error) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.downs++
		},
		OnMessage: func(m wire.Message) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.shown[m.ConversationID] = append(w.shown[m.ConversationID], m)
		},
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = w.Run(ctx)
	}()
	w.stop = func() { cancel(); <-done }
	p.t.Cleanup(w.stop)
	return w
}

func (w *watcher) seen(id string) []wire.Message {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]wire.Message(nil), w.shown[id]...)
}

// lost is how many connections ended so far.
func (w *watcher) lost() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.downs
}

// requireRun checks that entries are every seq from one on, once, in order.
func requireRun(t testing.TB, messages []wire.Message, from int64, n int) {
	t.Helper()
	require.Len(t, messages, n)
	for i, m := range messages {
		require.Equal(t, from+int64(i), m.Seq)
	}
}

func TestWhoWasAwayGetsEverythingOnce(t *testing.T) {
	t.Parallel()
	for _, missed := range []int{0, 1, 24, 25, 100, 101, 400} {
		t.Run(fmt.Sprint(missed), func(t *testing.T) {
			t.Parallel()
			a, b := friends(t)
			id := single(a, b)
			store := &imclient.MemoryStore{}
			before := b.watch(0, store)
			a.say(id, "you are here")
			eventually(t, "the first messages", func(context.Context) bool { return len(before.seen(id)) == 2 })
			before.stop()
			writer := a.watch(1, nil)
			for i := range missed {
				m := imclient.Text(fmt.Sprint(i))
				m.ConversationID = id
				_, err := writer.Send(t.Context(), m)
				require.NoError(t, err)
			}
			after := b.watch(1, store)
			a.say(id, "welcome back")
			eventually(t, "everything", func(context.Context) bool { return len(after.seen(id)) >= missed+1 })
			requireRun(t, after.seen(id), 3, missed+1)
		})
	}
}

func TestTenThousandMissedMessagesInManyConversations(t *testing.T) {
	t.Parallel()
	const conversations, total = 50, 10_001
	me := newPerson(t)
	var ids []string
	var writers []*imclient.Conn
	for range conversations {
		other := newPerson(t)
		befriend(t, other, me)
		ids = append(ids, single(me, other))
		writers = append(writers, other.connect(len(ids)))
	}
	// Each writer pipelines its share; the order of one connection's sends is the order of the log.
	var wg sync.WaitGroup
	for i, conn := range writers {
		wg.Go(func() {
			var calls []*imclient.Call
			for n := i; n < total; n += conversations {
				m := imclient.Text(fmt.Sprint(n))
				m.ConversationID = ids[i]
				call, err := conn.Start("message.send", m)
				require.NoError(t, err)
				if calls = append(calls, call); len(calls) == 4 {
					waitAll(t, calls)
					calls = nil
				}
			}
			waitAll(t, calls)
		})
	}
	wg.Wait()
	w := me.watch(0, nil)
	eventually(t, "all messages", func(context.Context) bool {
		n := 0
		for _, id := range ids {
			n += len(w.seen(id))
		}
		return n >= total+conversations
	})
	for i, id := range ids {
		share := (total - i + conversations - 1) / conversations
		seen := w.seen(id)
		requireRun(t, seen, 1, share+1)
		for k, m := range seen[1:] {
			require.JSONEq(t, fmt.Sprintf(`{"text":"%d"}`, i+k*conversations), string(m.Content))
		}
	}
}

func waitAll(t testing.TB, calls []*imclient.Call) {
	t.Helper()
	last := int64(0)
	for _, call := range calls {
		var sent imclient.Sent
		require.NoError(t, call.Wait(t.Context(), &sent))
		require.Greater(t, sent.Seq, last, "pipelined sends keep their order")
		last = sent.Seq
	}
}

func TestAllMembersSeeOneOrder(t *testing.T) {
	t.Parallel()
	p := people(t, 6)
	_, id := group(t, p[0], p[1:]...)
	var watchers []*watcher
	for i, one := range p {
		watchers = append(watchers, one.watch(i, nil), one.another("ios").watch(i+1, nil))
	}
	const each = 50
	var wg sync.WaitGroup
	for i, w := range watchers {
		wg.Go(func() {
			for n := range each {
				m := imclient.Text(fmt.Sprintf("%d-%d", i, n))
				m.ConversationID = id
				_, err := w.Send(t.Context(), m)
				require.NoError(t, err)
			}
		})
	}
	wg.Wait()
	all := each*len(watchers) + 1
	for _, w := range watchers {
		eventually(t, "all messages", func(context.Context) bool { return len(w.seen(id)) >= all })
	}
	reference := p[0].history(id)
	requireRun(t, reference, 1, all)
	for _, w := range watchers {
		require.Equal(t, reference, w.seen(id))
	}
}
