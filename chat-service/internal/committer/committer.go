// Package committer stores entries: it is the sequencer. Sends of all connections meet in a few lanes, a conversation always
// in the same lane; a lane makes one transaction of whatever waits. Callers are the send and append logic; what is stored
// goes on to the publisher.
package committer

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/cespare/xxhash/v2"
	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/chat-service/internal/store"
	"im-backend/common/model/imchat"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/dbx"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/failpoint"
	"im-backend/common/utils/idgen"
)

// Config sizes the committer.
type Config struct {
	Lanes             int           `json:",default=2"`     // transactions at the same time; SQLite has one writer and uses 1
	Queue             int           `json:",default=10000"` // jobs that may wait in a lane; more are refused at once
	Batch             int           `json:",default=500"`   // entries of one transaction at the most
	Timeout           time.Duration `json:",default=2s"`    // for one transaction
	CachedGroups      int           `json:",default=2000"`  // member lists kept in memory, and 100 times as many members of large groups
	CachedHeads       int           `json:",default=50000"` // conversations whose heads are kept in memory, some 300 bytes each
	LargeGroup        int           `json:",default=500"`   // member lists above this size are not loaded, members one by one
	RequireFriendship bool          `json:",default=true"`  // whether strangers are refused
	RecallWindow      time.Duration `json:",default=2m"`    // from a message until its sender may recall it no more; admins of groups may
	EditWindow        time.Duration `json:",default=24h"`   // from a message until its sender may edit it no more
	ReactionKinds     int           `json:",default=20"`    // emoji of one message at the most
	Pins              int           `json:",default=50"`    // pinned messages of one conversation at the most
}

// What one transaction takes on at the most, about, so that it is over in time: groups that take in thousands of members keep
// nobody waiting for long.
const (
	maxBatchBytes   = 4 << 20
	maxBatchChanges = 1000 // of members; a last entry may go beyond
)

// Publisher takes stored entries to Kafka. Enqueue must not block.
type Publisher interface {
	Enqueue(outboxID int64, entries []*logpb.Entry)
}

// Committer owns the lanes.
type Committer struct {
	config    Config
	store     *store.Store
	ids       *idgen.Generator
	publisher Publisher
	members   *memberCache
	heads     *headCache
	now       func() time.Time

	lanes   []chan *Job
	running sync.WaitGroup
	mu      sync.RWMutex // guards closed against sends on closed lanes
	closed  bool
}

// New makes a committer; Start runs it.
func New(c Config, s *store.Store, ids *idgen.Generator, p Publisher) (*Committer, error) {
	members, err := newMemberCache(c.CachedGroups)
	if err != nil {
		return nil, fmt.Errorf("make member cache: %w", err)
	}
	heads, err := newHeadCache(c.CachedHeads)
	if err != nil {
		return nil, fmt.Errorf("make head cache: %w", err)
	}
	return &Committer{config: c, store: s, ids: ids, publisher: p, members: members, heads: heads, now: time.Now}, nil
}

// Start runs the lanes.
func (c *Committer) Start() {
	for range c.config.Lanes {
		lane := make(chan *Job, c.config.Queue)
		c.lanes = append(c.lanes, lane)
		c.running.Go(func() { c.run(lane) })
	}
}

// Stop refuses new jobs, stores what waits and returns when the lanes have ended.
func (c *Committer) Stop() {
	c.mu.Lock()
	if !c.closed {
		c.closed = true
		for _, lane := range c.lanes {
			close(lane)
		}
	}
	c.mu.Unlock()
	c.running.Wait()
}

// Submit queues a job. Jobs of one conversation are stored in the order in which they were submitted. A full queue or a
// stopped committer calls Done with ErrUnavailable at once.
func (c *Committer) Submit(j *Job) {
	if !c.queued(j) {
		full := errs.ErrUnavailable.Saying("the send queue is full; try again")
		refused(full)
		j.Done(Result{}, full)
	}
}

func (c *Committer) queued(j *Job) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.closed {
		return false
	}
	select {
	case c.lanes[xxhash.Sum64String(j.To.ID)%uint64(len(c.lanes))] <- j:
		waitingJobs.Inc()
		return true
	default:
		return false
	}
}

// Store submits a job and waits for its result.
func (c *Committer) Store(ctx context.Context, j Job) (Result, error) {
	type answer struct {
		result Result
		err    error
	}
	answers := make(chan answer, 1)
	j.Ctx = ctx
	j.Done = func(r Result, err error) { answers <- answer{r, err} }
	c.Submit(&j)
	select {
	case a := <-answers:
		return a.result, a.err
	case <-ctx.Done():
		return Result{}, errs.ErrTimeout.Because(ctx.Err())
	}
}

func (c *Committer) run(lane chan *Job) {
	jobs := make([]*Job, 0, c.config.Batch)
	for first := range lane {
		jobs = append(jobs[:0], first)
		size, changes := first.size(), first.changes()
		for waiting := true; waiting && len(jobs) < c.config.Batch && size < maxBatchBytes && changes < maxBatchChanges; {
			select {
			case j, ok := <-lane:
				if waiting = ok; ok {
					jobs = append(jobs, j)
					size += j.size()
					changes += j.changes()
				}
			default:
				waiting = false
			}
		}
		waitingJobs.Sub(float64(len(jobs)))
		c.commit(jobs)
	}
}

// commit stores a batch and answers its jobs. The answer comes only after the commit: from then on the entry is never lost.
func (c *Committer) commit(jobs []*Job) {
	live := jobs[:0:0]
	for _, j := range jobs {
		if j.Ctx.Err() != nil {
			late := errs.ErrTimeout.Saying("it waited too long; try again")
			refused(late)
			j.Done(Result{}, late)
			continue
		}
		live = append(live, j)
	}
	if len(live) == 0 {
		return
	}
	batchSizes.Observe(float64(len(live)))
	began := time.Now()
	traced := startTraces(live, began)
	b, err := c.transact(traced.within(context.Background()), live)
	commitSeconds.Observe(time.Since(began).Seconds())
	traced.end(live, b, err)
	if err != nil {
		commitFailures.Inc()
		logx.Errorw("commit entries", logx.Field("error", err.Error()), logx.Field("jobs", len(live)))
		c.failed(live, err)
		return
	}
	count(b.outcomes)
	for i, j := range live {
		j.Done(b.outcomes[i].result, b.outcomes[i].err)
	}
	if len(b.messages) > 0 {
		entries := entriesOf(b.messages)
		traced.mark(entries)
		c.publisher.Enqueue(b.outboxID, entries)
	}
}

// Where a test may have this process fail.
var (
	beforeCommit = failpoint.New("chat-service/committer/before-commit")
	afterCommit  = failpoint.New("chat-service/committer/after-commit")
)

// hit asks a fail point about the conversation of each job.
func hit(p *failpoint.Point, jobs []*Job) error {
	for _, j := range jobs {
		if err := p.Hit(&j.To.ID); err != nil {
			return err
		}
	}
	return nil
}

// maxDuplicates bounds how often a batch starts anew because another instance stored a row first.
const maxDuplicates = 3

// transact stores jobs in one transaction. A defect that one of them meets must not end the process, and all others with it.
func (c *Committer) transact(ctx context.Context, jobs []*Job) (b *batch, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, c.config.Timeout)
	defer cancel()
	b = newBatch(c, jobs)
	if !b.reads {
		b.known = c.heads.all(b.ids)
		headHits.Note(b.known != nil)
	}
	if b.known != nil {
		err = c.store.CommitUnread(ctx, b.fill)
	}
	if b.known == nil || errors.Is(err, store.ErrMoved) {
		b.known = nil
		err = c.store.Commit(ctx, b.fill)
	}
	for try := 0; errors.Is(err, store.ErrDuplicate) && try < maxDuplicates; try++ {
		b.known, b.lookUp = nil, true
		err = c.store.Commit(ctx, b.fill)
	}
	if err == nil {
		c.heads.keep(b.logs)
		err = hit(afterCommit, jobs)
	}
	return b, err
}

// failed answers jobs that were not stored. When the database is there, one of them cannot be stored whatever is tried: each
// is then tried alone, in order, so that it takes no other with it.
func (c *Committer) failed(jobs []*Job, err error) {
	if len(jobs) > 1 && !errs.Retryable(dbx.Typed(err)) {
		for _, j := range jobs {
			c.commit([]*Job{j})
		}
		return
	}
	unavailable := errs.ErrUnavailable.Because(err)
	for _, j := range jobs {
		refused(unavailable)
		j.Done(Result{}, unavailable)
	}
}

func entriesOf(messages []*imchat.Message) []*logpb.Entry {
	entries := make([]*logpb.Entry, len(messages))
	for i, m := range messages {
		entries[i] = store.Entry(m)
	}
	return entries
}
