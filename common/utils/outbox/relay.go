package outbox

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/zeromicro/go-zero/core/logc"

	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/utils/dbx"
)

// Config tunes a Relay.
type Config struct {
	Workers     int           `json:",default=8"`  // aggregates that are sent at the same time
	Sweep       time.Duration `json:",default=1s"` // how often rows are looked for that a crash left
	SendTimeout time.Duration `json:",default=2s"` // of one call of chat-service
}

const (
	queueSize   = 1024 // aggregates that wait for a worker; the sweep finds what does not fit
	sweepPage   = 1000 // rows of one look
	sweepPages  = 10   // looks of one sweep
	firstDelay  = 500 * time.Millisecond
	longestWait = 5 * time.Second
	quietTime   = 5 * time.Second // between two log lines about the same trouble
	storeTime   = 2 * time.Second // of one statement
)

// Relay sends the outbox rows of one service. It is safe for concurrent use.
type Relay struct {
	service string
	db      *dbx.DB
	chat    chatpb.ChatServiceClient
	config  Config
	now     func() time.Time

	turns *keyedLock
	queue chan string
	stop  context.CancelFunc
	wg    sync.WaitGroup

	mu      sync.Mutex
	queued  map[string]struct{}
	delays  map[string]delay // aggregates whose last send failed
	lastLog time.Time
	cursor  int64 // where the last sweep stopped; of the sweeper alone
}

// delay keeps an aggregate from being tried again too soon.
type delay struct {
	until time.Time
	last  time.Duration
}

// New makes a relay. service stands in front of the append ids ("group:17") and labels the metrics; it must never change.
func New(service string, db *dbx.DB, chat chatpb.ChatServiceClient, c Config) *Relay {
	for _, counter := range []*prometheus.CounterVec{sentTotal, retriedTotal, parkedTotal} {
		counter.WithLabelValues(service) // there from the start, so that the first one is seen as one
	}
	return &Relay{
		service: service, db: db, chat: chat, config: c, now: time.Now,
		turns: newKeyedLock(), queue: make(chan string, queueSize),
		queued: map[string]struct{}{}, delays: map[string]delay{},
		stop: func() {},
	}
}

// Start begins to relay in the background, with what an earlier process left first.
func (r *Relay) Start() {
	ctx, cancel := context.WithCancel(context.Background())
	r.stop = cancel
	for range max(r.config.Workers, 1) {
		r.wg.Go(func() { r.work(ctx) })
	}
	r.wg.Go(func() { r.sweepUntil(ctx) })
}

// Stop ends relaying and waits for it. What is not sent stays in the outbox.
func (r *Relay) Stop() {
	r.stop()
	r.wg.Wait()
}

// Wake has an aggregate sent soon, in the background.
func (r *Relay) Wake(aggregate model.ConversationID) { r.enqueue(string(aggregate)) }

// enqueue reports whether there was room.
func (r *Relay) enqueue(aggregate string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, ok := r.queued[aggregate]; ok || r.now().Before(r.delays[aggregate].until) {
		return true
	}
	select {
	case r.queue <- aggregate:
		r.queued[aggregate] = struct{}{}
		return true
	default:
		return false
	}
}

func (r *Relay) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case aggregate := <-r.queue:
			r.mu.Lock()
			delete(r.queued, aggregate) // what commits from here on queues it again
			r.mu.Unlock()
			_, err := r.drain(ctx, aggregate)
			r.note(ctx, aggregate, err)
		}
	}
}

// note keeps back an aggregate that failed, longer each time.
func (r *Relay) note(ctx context.Context, aggregate string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err == nil || ctx.Err() != nil {
		delete(r.delays, aggregate)
		return
	}
	wait := min(max(2*r.delays[aggregate].last, firstDelay), longestWait)
	r.delays[aggregate] = delay{until: r.now().Add(wait), last: wait}
	r.complain(ctx, aggregate, err)
}

// forget drops delays that ended a while ago, of aggregates that another instance has sent.
func (r *Relay) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for aggregate, d := range r.delays {
		if r.now().Sub(d.until) > longestWait {
			delete(r.delays, aggregate)
		}
	}
}

// complain logs trouble, but not for every aggregate that the same outage holds up. r.mu is held.
func (r *Relay) complain(ctx context.Context, aggregate string, err error) {
	if r.now().Sub(r.lastLog) < quietTime {
		return
	}
	r.lastLog = r.now()
	logc.Infow(ctx, "outbox waits", logc.Field("service", r.service), logc.Field("aggregate", aggregate),
		logc.Field("error", err.Error()))
}

func (r *Relay) sweepUntil(ctx context.Context) {
	ticker := time.NewTicker(r.config.Sweep)
	defer ticker.Stop()
	for {
		r.forget()
		if err := r.sweep(ctx); err != nil && ctx.Err() == nil {
			r.mu.Lock()
			r.complain(ctx, "", err)
			r.mu.Unlock()
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// sweep queues the aggregates of pending rows. It goes on where the last one stopped, so that rows which fail again and
// again keep no others back.
func (r *Relay) sweep(ctx context.Context) error {
	if err := r.measure(ctx); err != nil {
		return err
	}
	for range sweepPages {
		rows, err := r.heads(ctx)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if !r.enqueue(row.Aggregate) {
				return nil
			}
			r.cursor = row.ID
		}
		if len(rows) < sweepPage {
			r.cursor = 0
			return nil
		}
	}
	return nil
}

// heads reads the next page of the sweep.
func (r *Relay) heads(ctx context.Context) ([]model.OutboxRow, error) {
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	var rows []model.OutboxRow
	err := r.db.WithContext(ctx).Select("id", "aggregate").
		Where("status = ? AND id > ?", statusPending, r.cursor).Order("id").Limit(sweepPage).Find(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("sweep outbox: %w", err)
	}
	return rows, nil
}

// measure sets the gauges.
func (r *Relay) measure(ctx context.Context) error {
	var found struct {
		Pending int64
		Oldest  int64
	}
	ctx, cancel := context.WithTimeout(ctx, storeTime)
	defer cancel()
	err := r.db.WithContext(ctx).Model(&model.OutboxRow{}).Where("status = ?", statusPending).
		Select("COUNT(*) AS pending, COALESCE(MIN(created_at), 0) AS oldest").Scan(&found).Error
	if err != nil {
		return fmt.Errorf("measure outbox: %w", err)
	}
	pendingRows.WithLabelValues(r.service).Set(float64(found.Pending))
	age := 0.0
	if found.Pending > 0 {
		age = max(0, float64(r.now().UnixMilli()-found.Oldest)/1000)
	}
	oldestSeconds.WithLabelValues(r.service).Set(age)
	return nil
}
