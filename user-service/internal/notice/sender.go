package notice

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/zeromicro/go-zero/core/logc"
	"golang.org/x/sync/errgroup"

	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/friendpb"
	"im-backend/common/proto/gen/grouppb"
)

const (
	page        = 100 // users of one look
	callsOfTurn = 3   // a turn may last for as many calls that hang
	leaseMargin = 4 * time.Second
	firstDelay  = 500 * time.Millisecond
	longestWait = 5 * time.Second
	quietTime   = 5 * time.Second // between two log lines about the same trouble
)

// Sender tells what the notices of a store say. Several may work on one store: a notice is claimed for a turn, and a turn ends before
// its claim does, so that nobody tells an older name after a newer one. It is safe for concurrent use.
type Sender struct {
	config Config
	store  Store
	peers  Peers
	now    func() time.Time

	wake chan struct{}
	stop context.CancelFunc
	wg   sync.WaitGroup

	mu      sync.Mutex
	lastLog time.Time
}

// NewSender makes a Sender; now is the clock.
func NewSender(c Config, s Store, p Peers, now func() time.Time) *Sender {
	return &Sender{config: c, store: s, peers: p, now: now, wake: make(chan struct{}, 1), stop: func() {}}
}

// Start begins to tell in the background, with what an earlier process left first.
func (s *Sender) Start() {
	ctx, cancel := context.WithCancel(context.Background())
	s.stop = cancel
	s.wg.Go(func() { s.run(ctx) })
}

// Stop ends telling and waits for it. What is not told stays in the store.
func (s *Sender) Stop() {
	s.stop()
	s.wg.Wait()
}

// Wake has what was just committed told soon. It does not wait.
func (s *Sender) Wake() {
	select {
	case s.wake <- struct{}{}:
	default: // it is awake, and looks once more
	}
}

func (s *Sender) run(ctx context.Context) {
	ticker := time.NewTicker(s.config.Sweep)
	defer ticker.Stop()
	for {
		s.complain(ctx, s.sweep(ctx))
		select {
		case <-ctx.Done():
			return
		case <-s.wake:
		case <-ticker.C:
			s.complain(ctx, s.measure(ctx))
		}
	}
}

// sweep tells everything that is due. What fails is due later, and so keeps nothing else back.
func (s *Sender) sweep(ctx context.Context) error {
	for ctx.Err() == nil {
		users, err := s.store.DueNotices(ctx, s.now().UnixMilli(), page)
		if err != nil || len(users) == 0 {
			return err
		}
		var turns errgroup.Group
		turns.SetLimit(s.config.Workers)
		for _, user := range users {
			turns.Go(func() error { return s.turn(ctx, user) })
		}
		if err := turns.Wait(); err != nil {
			return err
		}
	}
	return nil
}

// turn tells what there is of one user, unless another Sender does. Its error is the store's.
func (s *Sender) turn(ctx context.Context, user model.UserID) error {
	length := callsOfTurn * s.config.SendTimeout
	now := s.now()
	telling, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	n, ok, err := s.store.ClaimNotice(telling, user, now.UnixMilli(), now.Add(length+leaseMargin).UnixMilli())
	if err != nil || !ok {
		return err
	}
	err = s.tell(telling, n)
	after := context.WithoutCancel(ctx) // who stops gives back what it holds
	if err == nil {
		toldTotal.Inc()
		return s.store.RemoveNotice(after, n, s.now().UnixMilli())
	}
	retriedTotal.Inc()
	s.complain(ctx, err)
	return s.store.DelayNotice(after, n, s.now().Add(delay(n.Attempts)).UnixMilli())
}

// delay is how long a notice waits that has failed so often before.
func delay(attempts int64) time.Duration {
	return min(firstDelay<<min(attempts, 10), longestWait)
}

// tell makes the calls of a notice side by side: a service that hangs keeps none of the others from being told.
func (s *Sender) tell(ctx context.Context, n Notice) error {
	calls := s.calls(n)
	faults := make([]error, len(calls))
	var wg sync.WaitGroup
	for i, call := range calls {
		wg.Go(func() { faults[i] = s.untilDone(ctx, call) })
	}
	wg.Wait()
	return errors.Join(faults...)
}

// call does a part of what has to be done at one service; done is false when there is more.
type call func(ctx context.Context) (done bool, err error)

func (s *Sender) calls(n Notice) []call {
	id := int64(n.User)
	if n.Topics&Deletion != 0 {
		return []call{
			func(ctx context.Context) (bool, error) {
				answer, err := s.peers.Friends.RemoveUser(ctx, &friendpb.RemoveUserRequest{UserId: id})
				return answer.GetDone(), err
			},
			func(ctx context.Context) (bool, error) {
				answer, err := s.peers.Groups.RemoveUser(ctx, &grouppb.RemoveUserRequest{UserId: id})
				return answer.GetDone(), err
			},
		}
	}
	var calls []call
	if n.Topics&Name != 0 {
		calls = append(calls, func(ctx context.Context) (bool, error) {
			_, err := s.peers.Groups.RenameUser(ctx, &grouppb.RenameUserRequest{UserId: id, Name: n.Name})
			return true, err
		})
	}
	if n.Topics&Presence != 0 {
		calls = append(calls, func(ctx context.Context) (bool, error) {
			_, err := s.peers.Chat.RefreshPresence(ctx, &chatpb.RefreshPresenceRequest{UserId: id})
			return true, err
		})
	}
	return calls
}

// untilDone calls until it is done or the turn is over.
func (s *Sender) untilDone(ctx context.Context, c call) error {
	for ctx.Err() == nil {
		done, err := s.once(ctx, c)
		if err != nil || done {
			return err
		}
	}
	return ctx.Err()
}

func (s *Sender) once(ctx context.Context, c call) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, s.config.SendTimeout)
	defer cancel()
	return c(ctx)
}

// complain logs trouble, but not for every user whom the same outage holds up.
func (s *Sender) complain(ctx context.Context, err error) {
	if err == nil || ctx.Err() != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.lastLog) < quietTime {
		return
	}
	s.lastLog = time.Now()
	logc.Infow(ctx, "notices wait", logc.Field("error", err.Error()))
}

// measure sets the gauges.
func (s *Sender) measure(ctx context.Context) error {
	b, err := s.store.NoticeBacklog(ctx)
	if err != nil {
		return err
	}
	age := 0.0
	if b.Pending > 0 {
		age = max(0, float64(s.now().UnixMilli()-b.Oldest)/1000)
	}
	pendingUsers.Set(float64(b.Pending))
	oldestSeconds.Set(age)
	return nil
}
