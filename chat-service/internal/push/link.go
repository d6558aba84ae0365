package push

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/zeromicro/go-zero/core/logx"
	"google.golang.org/grpc"

	"im-backend/common/proto/gen/logpb"
	"im-backend/common/proto/gen/wsgatewaypb"
)

const (
	maxHeldBytes  = 64 << 20               // about how many bytes one gateway has not acknowledged; more are dropped
	maxBatch      = 500                    // events of one batch
	maxBatchBytes = 1 << 20                // about how many bytes of them; far below what grpc carries
	maxUnread     = 64                     // batches that a gateway may leave unacknowledged
	maxBarren     = 3                      // streams in a row that acknowledge nothing; then what they carried is dropped
	redialGap     = 200 * time.Millisecond // between two tries to open a stream
	maxSilence    = 10 * time.Second       // of a stream that owes acknowledgements; then another one is tried
	maxWait       = 5 * time.Second        // of an event until it has to be read again before it is sent
	renewTimeout  = 2 * time.Second        // for reading the entries of a batch again
)

// link is the stream to one gateway and what waits for it. What a broken stream carried and the gateway did not acknowledge
// goes over the next one again, in order: clients drop repeats. It owns its goroutines.
type link struct {
	id, addr string
	dial     Dialer
	renewer  Renewer
	calls    func() (*grpc.ClientConn, error) // for what is no part of the stream; made once
	dropped  prometheus.Counter

	mu      sync.Mutex
	changed *sync.Cond
	queue   []held    // not in a batch yet
	batches []*batch  // not acknowledged, the oldest first
	sent    int       // how many of batches the present stream carried
	lastID  uint64    // of the batches of the present stream
	bytes   int       // of queue and batches
	taken   uint64    // events ever taken
	settled uint64    // events ever acknowledged or given up
	barren  int       // streams since the last acknowledgement that carried something
	heard   time.Time // the last acknowledgement, or when one began to be owed
	broken  error     // why the present stream ended; nil while it lives
	failing bool      // no stream has worked since one failed
	stopped bool

	cancel  context.CancelFunc
	running sync.WaitGroup
}

// held is an event that waits, and since when.
type held struct {
	item *wsgatewaypb.PushItem
	at   time.Time
}

// batch is what travels together. Its entries are as the log had them at a time.
type batch struct {
	request *wsgatewaypb.PushRequest
	asOf    time.Time
	bytes   int
}

func startLink(id, addr string, dial Dialer, r Renewer) *link {
	ctx, cancel := context.WithCancel(context.Background())
	l := &link{id: id, addr: addr, dial: dial, dropped: dropped.WithLabelValues(id), renewer: r, cancel: cancel}
	l.calls = sync.OnceValues(func() (*grpc.ClientConn, error) { return dial(addr) })
	l.changed = sync.NewCond(&l.mu)
	links.Inc()
	l.running.Go(func() { l.run(ctx) })
	return l
}

func (l *link) stop() {
	l.mu.Lock()
	l.stopped = true
	l.changed.Broadcast()
	l.mu.Unlock()
	l.cancel()
	l.running.Wait()
	if conn, err := l.calls(); err == nil {
		_ = conn.Close()
	}
	links.Dec()
	dropped.DeleteLabelValues(l.id)
	heldBytes.Sub(float64(l.held()))
}

func (l *link) held() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.bytes
}

// sizeOf is about how many bytes an event has.
func sizeOf(item *wsgatewaypb.PushItem) int {
	return 200 + len(item.GetEntry().GetContent()) + 8*len(item.GetUserIds()) + 40*len(item.GetEntry().GetChanges())
}

// enqueue takes an event unless the gateway has too many waiting; at is which one of all events it is.
func (l *link) enqueue(item *wsgatewaypb.PushItem) (at uint64, taken bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopped {
		return 0, false // it has gone meanwhile
	}
	if l.bytes >= maxHeldBytes {
		l.dropped.Inc()
		return 0, false
	}
	l.taken++
	l.holdLocked(sizeOf(item))
	l.queue = append(l.queue, held{item, time.Now()})
	l.changed.Broadcast()
	return l.taken, true
}

// holdLocked counts bytes that came, or that the gateway has.
func (l *link) holdLocked(bytes int) {
	l.bytes += bytes
	heldBytes.Add(float64(bytes))
}

// owes reports whether the gateway may not have an event yet.
func (l *link) owes(at uint64) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.settled < at && !l.stopped
}

// flush waits until the gateway has acknowledged what was taken until now.
func (l *link) flush(deadline time.Time) {
	timer := time.AfterFunc(time.Until(deadline), func() {
		l.mu.Lock()
		l.changed.Broadcast()
		l.mu.Unlock()
	})
	defer timer.Stop()
	l.mu.Lock()
	defer l.mu.Unlock()
	for until := l.taken; l.settled < until && !l.stopped && time.Now().Before(deadline); {
		l.changed.Wait()
	}
}

// run keeps a stream open.
func (l *link) run(ctx context.Context) {
	for ctx.Err() == nil {
		if err := l.stream(ctx); err != nil && ctx.Err() == nil {
			l.fails(err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(redialGap):
		}
	}
}

// fails notes that there is no stream. It is logged once: a gateway that died is tried until its lease ends.
func (l *link) fails(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.failing {
		logx.Infof("push stream to gateway %s at %s: %v", l.id, l.addr, err)
	}
	l.failing = true
}

// worksLocked notes that a stream does what it is for.
func (l *link) worksLocked() {
	if l.failing {
		logx.Infof("push stream to gateway %s at %s is back", l.id, l.addr)
	}
	l.failing = false
}

func (l *link) stream(ctx context.Context) error {
	conn, err := l.dial(l.addr)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, err := wsgatewaypb.NewWsGatewayClient(conn).Push(ctx)
	if err != nil {
		return err //nolint:wrapcheck // logged once, above
	}
	l.begin()
	var reading sync.WaitGroup
	reading.Go(func() { l.readAcks(stream) })
	reading.Go(func() { l.watch(ctx, cancel) })
	defer reading.Wait()
	defer cancel()
	for {
		batch, err := l.next(ctx)
		if batch == nil {
			_ = stream.CloseSend() // it has ended, or ends now
			return err
		}
		if err := stream.Send(batch); err != nil {
			return err //nolint:wrapcheck // logged once, above
		}
	}
}

// begin makes what the stream before left unacknowledged the first to go.
func (l *link) begin() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.sent > 0 {
		l.barren++
	}
	if l.barren >= maxBarren {
		l.dropped.Add(float64(l.settle(l.sent))) // the gateway will not have it
		l.barren = 0
	}
	l.sent, l.lastID, l.broken = 0, 0, nil
}

// next waits for something to send and for the gateway to have room. It answers nil when the link ended, or the stream, and then
// why.
func (l *link) next(ctx context.Context) (*wsgatewaypb.PushRequest, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b, err := l.upcoming()
	if b == nil {
		return nil, err
	}
	if err := l.renew(ctx, b); err != nil {
		return nil, err
	}
	if l.lastID++; l.sent == 0 {
		l.heard = time.Now()
	}
	l.sent++
	// A new value: grpc may still hold the one that a broken stream carried.
	b.request = &wsgatewaypb.PushRequest{BatchId: l.lastID, Items: b.request.GetItems()}
	return b.request, nil
}

// upcoming waits for the next batch.
func (l *link) upcoming() (*batch, error) {
	for l.broken == nil && !l.stopped && l.sent == len(l.batches) && (len(l.queue) == 0 || len(l.batches) >= maxUnread) {
		l.changed.Wait()
	}
	if l.broken != nil || l.stopped {
		return nil, l.broken
	}
	if l.sent == len(l.batches) {
		l.batches = append(l.batches, l.take())
	}
	return l.batches[l.sent], nil
}

// take makes the next batch.
func (l *link) take() *batch {
	n, size := 0, 0
	for n < min(len(l.queue), maxBatch) && (n == 0 || size < maxBatchBytes) {
		size += sizeOf(l.queue[n].item)
		n++
	}
	items := make([]*wsgatewaypb.PushItem, n)
	for i, h := range l.queue[:n] {
		items[i] = h.item
	}
	b := &batch{request: &wsgatewaypb.PushRequest{Items: items}, asOf: l.queue[0].at, bytes: size}
	clear(l.queue[:n])
	if l.queue = l.queue[n:]; len(l.queue) == 0 {
		l.queue = nil
	}
	return b
}

// renew brings the entries of a batch that has waited for long up to date: what it says may have been recalled, and the gateways
// keep recalls in mind for a while only. The lock is held, but not while the store is asked; only the stream's own goroutine
// touches a batch that is not sent.
func (l *link) renew(ctx context.Context, b *batch) error {
	now := time.Now()
	if now.Sub(b.asOf) < maxWait {
		return nil
	}
	items := slices.Clone(b.request.GetItems())
	l.mu.Unlock()
	err := renewed(ctx, l.renewer, items)
	l.mu.Lock()
	if err != nil {
		return err
	}
	size := 0
	for _, item := range items {
		size += sizeOf(item)
	}
	l.holdLocked(size - b.bytes)
	b.request, b.asOf, b.bytes = &wsgatewaypb.PushRequest{Items: items}, now, size
	return nil
}

// renewed replaces the events of entries by ones that say what the log says now. Other gateways have the old ones too.
func renewed(ctx context.Context, r Renewer, items []*wsgatewaypb.PushItem) error {
	var entries []*logpb.Entry
	var at []int
	for i, item := range items {
		if e := item.GetEntry(); e != nil {
			entries, at = append(entries, e), append(at, i)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, renewTimeout)
	defer cancel()
	if err := r.Renew(ctx, entries); err != nil {
		return err //nolint:wrapcheck // run logs it
	}
	for n, i := range at {
		items[i] = &wsgatewaypb.PushItem{
			UserIds: items[i].GetUserIds(), Room: items[i].GetRoom(), Event: &wsgatewaypb.PushItem_Entry{Entry: entries[n]},
		}
	}
	return nil
}

// settle forgets the oldest batches and answers how many events they had.
func (l *link) settle(batches int) int {
	events := 0
	for _, b := range l.batches[:batches] {
		events += len(b.request.GetItems())
		l.holdLocked(-b.bytes)
	}
	l.settled += uint64(events)
	l.batches = slices.Delete(l.batches, 0, batches)
	l.sent -= batches
	return events
}

// watch ends a stream on which nothing comes back: a gateway that is stuck may serve another one, and keepalive sees only
// whether its process lives.
func (l *link) watch(ctx context.Context, end context.CancelFunc) {
	ticker := time.NewTicker(maxSilence / 10)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-ticker.C:
			l.mu.Lock()
			silent := l.sent > 0 && now.Sub(l.heard) > maxSilence
			if l.sent == 0 && l.broken == nil {
				l.worksLocked() // it stands and owes nothing
			}
			l.mu.Unlock()
			if silent {
				end()
				return
			}
		}
	}
}

func (l *link) readAcks(stream wsgatewaypb.WsGateway_PushClient) {
	for {
		ack, err := stream.Recv()
		l.mu.Lock()
		if err == nil {
			n := 0
			for n < l.sent && l.batches[n].request.GetBatchId() <= ack.GetBatchId() {
				n++
			}
			l.settle(n)
			l.barren, l.heard = 0, time.Now()
			l.worksLocked()
		}
		l.broken = err
		l.changed.Broadcast()
		l.mu.Unlock()
		if err != nil {
			return
		}
	}
}
