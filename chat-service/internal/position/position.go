// Package position moves where users have read to, and what their devices have. A client that reads every message would cost
// a transaction each; here the moves of many users are stored together, and of several moves of one user in a conversation
// the furthest. The logic of the calls uses it.
package position

import (
	"context"
	"errors"
	"sync"
	"time"

	"im-backend/chat-service/internal/push"
	"im-backend/chat-service/internal/store"
	"im-backend/common/model"
	"im-backend/common/utils/errs"
)

// Config sizes the writer.
type Config struct {
	Queue   int           `json:",default=20000"` // conversations of users that may wait; more are answered UNAVAILABLE
	Batch   int           `json:",default=500"`   // of them in one transaction at the most
	Pace    time.Duration `json:",default=20ms"`  // least time between two transactions; zero: none
	Timeout time.Duration `json:",default=2s"`    // for storing a batch
}

// Validate reports every bad value at once.
func (c Config) Validate() error {
	var faults []error
	if c.Queue < 1 || c.Batch < 1 || c.Batch > 500 {
		faults = append(faults, errors.New("Position: Queue must be at least 1 and Batch from 1 to 500"))
	}
	if c.Pace < 0 || c.Timeout <= 0 {
		faults = append(faults, errors.New("Position: Pace must not be negative and Timeout must be positive"))
	}
	return errors.Join(faults...)
}

// Notifier tells connected devices. It must not block for long.
type Notifier interface {
	Tell(ctx context.Context, notices ...push.Notice)
}

// Position is the writer of positions. It owns its goroutine.
type Position struct {
	config   Config
	store    *store.Store
	notifier Notifier
	now      func() time.Time

	mu      sync.Mutex
	waiting map[store.Membership]*move // not in a batch yet
	order   []store.Membership         // of waiting, the oldest first
	stopped bool

	wake    chan struct{}
	done    chan struct{}
	running sync.WaitGroup
}

// move is what is asked of one user's positions in one conversation: the furthest of what several calls asked.
type move struct {
	store.Membership
	read      int64 // zero: nothing was read
	isRead    bool  // asked by a read, which also takes a mark of unread away
	delivered int64
	session   int64 // the device that read furthest

	stored   chan struct{} // closed when the outcome is known
	err      error
	readSeq  int64 // the positions afterwards
	received int64
}

// New makes a writer; Start runs it.
func New(c Config, s *store.Store, n Notifier) *Position {
	return &Position{
		config: c, store: s, notifier: n, now: time.Now,
		waiting: map[store.Membership]*move{}, wake: make(chan struct{}, 1), done: make(chan struct{}),
	}
}

// Start begins to store.
func (p *Position) Start() { p.running.Go(p.run) }

// Stop stores what waits and returns when that is done.
func (p *Position) Stop() {
	p.mu.Lock()
	if !p.stopped {
		p.stopped = true
		close(p.done)
	}
	p.mu.Unlock()
	p.running.Wait()
}

// Read moves a user's read position forward and tells its other devices, and the peer of a single conversation. It answers the
// position afterwards, which is stored. Errors: CONVERSATION_NOT_FOUND, INVALID_ARGUMENT, UNAVAILABLE, TIMEOUT.
func (p *Position) Read(ctx context.Context, user model.UserID, id string, seq, session int64) (int64, error) {
	if seq < 0 {
		return 0, errs.InvalidField("seq", "must not be negative")
	}
	if _, err := model.ParseConversationID(id); err != nil {
		return 0, errs.ErrConversationNotFound
	}
	m, err := p.ask(ctx, move{Membership: store.Membership{UserID: int64(user), ConversationID: id}, read: seq, isRead: true, session: session})
	if err != nil {
		return 0, err
	}
	return m.readSeq, nil
}

// Deliver notes that a device of a user has every entry of a single conversation up to a seq, and tells the peer. It answers
// the position afterwards, which is stored. Errors: CONVERSATION_NOT_FOUND, INVALID_ARGUMENT, UNAVAILABLE, TIMEOUT.
func (p *Position) Deliver(ctx context.Context, user model.UserID, id string, seq int64) (int64, error) {
	parsed, err := model.ParseConversationID(id)
	switch {
	case err != nil:
		return 0, errs.ErrConversationNotFound
	case seq < 0:
		return 0, errs.InvalidField("seq", "must not be negative")
	case parsed.Type != model.Single:
		return 0, errs.InvalidField("conversationId", "must be a single conversation")
	}
	m, err := p.ask(ctx, move{Membership: store.Membership{UserID: int64(user), ConversationID: id}, delivered: seq})
	if err != nil {
		return 0, err
	}
	return m.received, nil
}

// ask waits until a move is stored.
func (p *Position) ask(ctx context.Context, asked move) (*move, error) {
	m, err := p.add(asked)
	if err != nil {
		return nil, err
	}
	select {
	case <-m.stored:
		return m, m.err
	case <-ctx.Done():
		return nil, errs.From(ctx.Err())
	}
}

// add joins a move with the one that waits already, if there is one.
func (p *Position) add(asked move) (*move, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	m := p.waiting[asked.Membership]
	switch {
	case p.stopped:
		return nil, errs.ErrUnavailable.Saying("the service is going away").After(time.Second)
	case m == nil && len(p.waiting) >= p.config.Queue:
		return nil, errs.ErrUnavailable.Saying("too many positions wait").After(time.Second)
	case m == nil:
		asked.stored = make(chan struct{})
		m = &asked
		p.waiting[m.Membership] = m
		p.order = append(p.order, m.Membership)
	default:
		m.join(asked)
	}
	select {
	case p.wake <- struct{}{}:
	default:
	}
	return m, nil
}

// join takes the furthest of two moves.
func (m *move) join(other move) {
	if other.isRead && (!m.isRead || other.read > m.read) {
		m.read, m.session = other.read, other.session
	}
	m.isRead = m.isRead || other.isRead
	m.delivered = max(m.delivered, other.delivered)
}

// take answers the moves of the next batch.
func (p *Position) take() []*move {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := min(len(p.order), p.config.Batch)
	batch := make([]*move, n)
	for i, at := range p.order[:n] {
		batch[i] = p.waiting[at]
		delete(p.waiting, at)
	}
	if p.order = p.order[n:]; len(p.order) == 0 {
		p.order = nil
	}
	return batch
}

// run stores batch after batch. A move that comes alone waits for nothing; under load those of a pace go together.
func (p *Position) run() {
	for {
		batch := p.take()
		if len(batch) > 0 {
			began := p.now()
			p.save(batch)
			p.pause(p.config.Pace - p.now().Sub(began))
			continue
		}
		select {
		case <-p.wake:
		case <-p.done:
			if batch := p.take(); len(batch) > 0 {
				p.save(batch)
				continue
			}
			return
		}
	}
}

// pause waits, or until the end.
func (p *Position) pause(d time.Duration) {
	if d <= 0 {
		return
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-p.done:
	}
}
