// Package announce tells chat-service and the other gateways, through Redis, which connections and groups this gateway has: its
// routes, its rooms and a marker that says that both are complete, and a notice when routes have changed. Whatever could not be written takes the marker away, and as long as there is no
// marker the gateway is sent everything; so a lost route costs traffic and never a push. The package owns these keys and
// nobody else writes them.
package announce

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/common/utils/rediskey"
	"im-backend/common/utils/routes"
	"im-backend/ws-gateway/internal/hub"
)

// Options are the times of an announcer.
type Options struct {
	Refresh time.Duration `json:",default=30s"` // between two announcements of everything; well under rediskey.Announcement
	Check   time.Duration `json:",default=5s"`  // between two looks whether the marker is still there
}

const (
	batch     = 500             // operations of one pipeline
	timeout   = 2 * time.Second // of one pipeline
	retry     = time.Second     // while something is not announced
	maxQueued = 200_000         // operations that wait; beyond it everything is announced anew instead
)

// Announcer is the one writer of this gateway's routes, rooms and marker. Its methods but Start and Stop do not block.
type Announcer struct {
	id    string
	opts  Options
	redis redis.UniversalClient
	local func() ([]hub.Route, []string)

	owner  sync.WaitGroup
	cancel context.CancelFunc

	mu      sync.Mutex
	queue   []op
	stopped bool
	wake    chan struct{}

	// Of the announcing goroutine alone.
	stale  bool // something here is not announced, or may not be
	marked bool // the marker may be there
	failed []op // removals that could not be written
}

// New makes an announcer for a gateway id.
func New(id string, o Options, c redis.UniversalClient) *Announcer {
	return &Announcer{id: id, opts: o, redis: c, wake: make(chan struct{}, 1), stale: true}
}

// Start begins to announce; local answers everything that is here.
func (a *Announcer) Start(local func() ([]hub.Route, []string)) {
	a.local = local
	ctx, cancel := context.WithCancel(context.Background())
	a.cancel = cancel
	a.owner.Go(func() { a.run(ctx) })
}

// Stop writes what waits and takes the marker away, and ends. It is called when nothing is here any more.
func (a *Announcer) Stop() {
	if a.cancel == nil {
		return
	}
	a.cancel()
	a.owner.Wait()
}

// RouteAdded announces a connection.
func (a *Announcer) RouteAdded(r hub.Route) { a.add(op{route: r}) }

// RouteGone takes a connection's announcement back.
func (a *Announcer) RouteGone(r hub.Route) { a.add(op{route: r, gone: true}) }

// RoomAdded announces that a group has members here.
func (a *Announcer) RoomAdded(conversation string) { a.add(op{room: conversation}) }

// RoomGone takes a group's announcement back.
func (a *Announcer) RoomGone(conversation string) { a.add(op{room: conversation, gone: true}) }

// Flush waits until all that was told before is written, or could not be and the gateway is sent everything.
func (a *Announcer) Flush(ctx context.Context) {
	done := make(chan struct{})
	a.add(op{barrier: done})
	select {
	case <-done:
	case <-ctx.Done():
	}
}

func (a *Announcer) add(o op) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.stopped {
		if o.barrier != nil {
			close(o.barrier)
		}
		return
	}
	a.queue = append(a.queue, o)
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// take moves what waits out of the queue.
func (a *Announcer) take(stop bool) []op {
	a.mu.Lock()
	defer a.mu.Unlock()
	ops := a.queue
	a.queue, a.stopped = nil, stop
	return ops
}

func (a *Announcer) run(ctx context.Context) {
	check := time.NewTimer(0)
	defer check.Stop()
	refreshed := time.Now()
	for {
		select {
		case <-ctx.Done():
			a.finish()
			return
		case <-a.wake:
			a.write(a.take(false))
		case <-check.C:
			if a.stale || time.Since(refreshed) >= a.opts.Refresh {
				a.announceAll()
				refreshed = time.Now()
			} else {
				a.checkMarker()
			}
			check.Reset(a.untilCheck())
		}
	}
}

func (a *Announcer) untilCheck() time.Duration {
	if a.stale {
		return min(retry, a.opts.Check)
	}
	return a.opts.Check
}

// write writes changes. While something is not announced there is nothing to gain: all is announced anew soon.
func (a *Announcer) write(ops []op) {
	if len(ops) > maxQueued {
		a.distrust(nil)
	}
	for start := 0; start < len(ops); start += batch {
		some := ops[start:min(start+batch, len(ops))]
		if a.stale {
			a.remember(some)
		} else if err := a.pipe(some); err != nil {
			a.remember(some)
			a.distrust(err)
		}
	}
	for _, o := range ops {
		if o.barrier != nil {
			close(o.barrier)
		}
	}
	if !a.stale { // otherwise all is told when it is announced
		a.tell(usersOf(ops))
	}
}

// remember keeps removals for later; what was added is found in the next announcement of everything.
func (a *Announcer) remember(ops []op) {
	for _, o := range ops {
		if o.gone && len(a.failed) < maxQueued {
			a.failed = append(a.failed, o)
		}
	}
}

// distrust notes that something could not be written: the marker has to go. When that fails too it ends by itself, soon.
func (a *Announcer) distrust(err error) {
	if !a.stale && err != nil {
		logx.Errorf("routes of gateway %s are not announced: %v", a.id, err)
	}
	a.stale = true
	a.unmark()
}

func (a *Announcer) unmark() {
	if !a.marked {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	if a.redis.Del(ctx, rediskey.Gateway(a.id)).Err() == nil {
		a.marked = false
	}
}

// announceAll writes everything that is here and then sets the marker. What is written meanwhile is lost when Redis is flushed, so
// the marker is made of a key that was set before: a flush takes that too, and then all is announced again.
func (a *Announcer) announceAll() {
	if err := a.begin(); err != nil {
		a.distrust(err)
		return
	}
	conns, rooms := a.local()
	ops := make([]op, 0, len(a.failed)+len(conns)+len(rooms))
	ops = append(ops, a.failed...) // first: what is back again is in the rest
	for _, r := range conns {
		ops = append(ops, op{route: r})
	}
	for _, r := range rooms {
		ops = append(ops, op{room: r})
	}
	for start := 0; start < len(ops); start += batch {
		if err := a.pipe(ops[start:min(start+batch, len(ops))]); err != nil {
			a.distrust(err)
			return
		}
	}
	a.failed = nil
	again := a.stale
	a.stale = false
	if a.conclude(); again && !a.stale {
		a.notify(routes.Notice{All: true})
	}
}

func (a *Announcer) begin() error {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return a.redis.Set(ctx, rediskey.Announcing(a.id), 1, rediskey.Announcement).Err() //nolint:wrapcheck // distrust logs it
}

// conclude makes the marker of the key that begin has set.
func (a *Announcer) conclude() {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	a.marked = true
	_, err := a.redis.TxPipelined(ctx, func(pipe redis.Pipeliner) error {
		pipe.Rename(ctx, rediskey.Announcing(a.id), rediskey.Gateway(a.id))
		pipe.PExpire(ctx, rediskey.Gateway(a.id), a.markerLife())
		return nil
	})
	if err != nil {
		a.distrust(err)
	}
}

// markerLife is short: when this gateway cannot reach Redis its marker must not outlive its announcements for long.
func (a *Announcer) markerLife() time.Duration { return min(3*a.opts.Check, rediskey.Announcement) }

// mark keeps the marker alive; it notes one that was gone as stale.
func (a *Announcer) mark() {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	a.marked = true
	err := a.redis.SetArgs(ctx, rediskey.Gateway(a.id), 1, redis.SetArgs{Mode: "XX", TTL: a.markerLife()}).Err()
	switch {
	case errors.Is(err, redis.Nil):
		a.stale, a.marked = true, false
	case err != nil:
		a.distrust(err)
	}
}

// checkMarker keeps the marker alive. Redis without it was flushed or restarted: everything is announced again, and only
// then the marker is set.
func (a *Announcer) checkMarker() {
	if a.mark(); a.stale {
		a.announceAll()
	}
}

// finish takes everything back.
func (a *Announcer) finish() {
	a.write(a.take(true))
	a.marked = true // it may be, whatever was noted
	a.unmark()
	if a.stale && len(a.failed) > 0 {
		_ = a.pipe(a.failed[:min(batch, len(a.failed))]) // what is left ends by itself
	}
}
