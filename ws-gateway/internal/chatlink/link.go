package chatlink

import (
	"context"
	"errors"
	"fmt"
	"time"

	"google.golang.org/grpc"

	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/utils/errs"
)

const (
	batchItems = 256       // sends of one frame of the stream
	batchBytes = 256 << 10 // of their contents, about
	minBackoff = 50 * time.Millisecond
	maxBackoff = time.Second
)

var errStalled = errors.New("no answers")

// link is the stream to one instance. All its fields are guarded by the pool's lock; only run's goroutines use the stream.
type link struct {
	pool *Pool
	addr string

	up       bool // the stream is open
	retired  bool // not listed any more
	queue    []*send
	waiting  []*send // sent and not answered, in order; answered ones leave holes
	byID     map[uint64]*send
	wake     chan struct{}
	progress time.Time // of the last answer, or when waiting began
	breakNow context.CancelCauseFunc
}

func newLink(p *Pool, addr string) *link {
	return &link{pool: p, addr: addr, byID: map[uint64]*send{}, wake: make(chan struct{}, 1)}
}

// rank orders links by how good they are for new sends.
func (l *link) rank() int {
	switch {
	case l.up && !l.retired:
		return 3
	case !l.retired:
		return 2
	case l.up:
		return 1
	}
	return 0
}

func (l *link) size() int { return len(l.byID) }

// push queues a send for the stream.
func (l *link) push(s *send) {
	l.queue = append(l.queue, s)
	l.byID[s.id] = s
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// takeAll takes everything back that is not answered, in order.
func (l *link) takeAll() []*send {
	all := make([]*send, 0, len(l.byID))
	for _, list := range [][]*send{l.waiting, l.queue} {
		for _, s := range list {
			if l.byID[s.id] == s {
				all = append(all, s)
			}
		}
	}
	clear(l.byID)
	l.waiting, l.queue, l.up = nil, nil, false
	return all
}

// run keeps a stream open until the pool closes or the link has retired and is empty.
func (l *link) run() {
	conn, err := l.pool.dial(l.addr)
	if err != nil { // the address is no address
		l.remove()
		l.over(err)
		return
	}
	defer func() { _ = conn.Close() }()
	backoff := minBackoff
	for !l.finished() {
		if l.stream(conn) {
			backoff = minBackoff
		}
		l.over(nil)
		timer := time.NewTimer(backoff)
		select {
		case <-timer.C:
		case <-l.pool.ctx.Done():
			timer.Stop()
		}
		backoff = min(2*backoff, maxBackoff)
	}
	l.over(nil)
}

// over hands everything unanswered on.
func (l *link) over(err error) {
	for _, s := range l.pool.reroute(l) {
		s.done(nil, errs.ErrUnavailable.Because(err))
	}
}

// finished takes a link out that is not needed any more.
func (l *link) finished() bool {
	p := l.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ctx.Err() == nil && (!l.retired || l.size() > 0) {
		return false
	}
	l.removeLocked()
	return true
}

func (l *link) remove() {
	l.pool.mu.Lock()
	defer l.pool.mu.Unlock()
	l.removeLocked()
}

func (l *link) removeLocked() {
	if l.pool.links[l.addr] == l {
		delete(l.pool.links, l.addr)
	}
}

// stream opens a stream and serves it until it breaks; it reports whether it could be opened.
func (l *link) stream(conn *grpc.ClientConn) bool {
	ctx, cancel := context.WithCancelCause(l.pool.ctx)
	defer cancel(nil)
	s, err := chatpb.NewChatServiceClient(conn).SendStream(ctx)
	if err != nil {
		return false
	}
	l.pool.mu.Lock()
	l.up, l.breakNow, l.progress = true, cancel, time.Now()
	l.pool.mu.Unlock()
	received := make(chan struct{})
	l.pool.owner.Go(func() {
		defer close(received)
		defer cancel(nil) // wakes the sending side
		l.receive(s)
	})
	l.transmit(ctx, s)
	cancel(nil)
	<-received
	return true
}

// transmit sends whatever waits, joined, until the stream breaks.
func (l *link) transmit(ctx context.Context, s grpc.BidiStreamingClient[chatpb.SendStreamRequest, chatpb.SendStreamResponse]) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.wake:
		}
		for items := l.next(); len(items) > 0; items = l.next() {
			if err := s.Send(&chatpb.SendStreamRequest{Items: items}); err != nil {
				return
			}
		}
	}
}

// next takes the sends of one frame of the stream; what is answered meanwhile (timed out) is not sent any more.
func (l *link) next() []*chatpb.SendItem {
	l.pool.mu.Lock()
	defer l.pool.mu.Unlock()
	var items []*chatpb.SendItem
	size, n := 0, 0
	for _, s := range l.queue {
		if len(items) >= batchItems || size > batchBytes {
			break
		}
		n++
		if l.byID[s.id] != s {
			continue
		}
		if len(l.waiting) == 0 {
			l.progress = time.Now()
		}
		s.sent = true
		l.waiting = append(l.waiting, s)
		size += len(s.request.GetMessage().GetContent())
		items = append(items, &chatpb.SendItem{RequestId: s.id, Send: s.request})
	}
	rest := copy(l.queue, l.queue[n:])
	clear(l.queue[rest:])
	l.queue = l.queue[:rest]
	return items
}

func (l *link) receive(s grpc.BidiStreamingClient[chatpb.SendStreamRequest, chatpb.SendStreamResponse]) {
	for {
		answer, err := s.Recv()
		if err != nil {
			return
		}
		for _, r := range answer.GetResults() {
			if s := l.answered(r.GetRequestId()); s != nil {
				s.done(outcome(r))
			}
		}
	}
}

// answered takes a send off; nil when it is not expected (it has timed out).
func (l *link) answered(id uint64) *send {
	l.pool.mu.Lock()
	defer l.pool.mu.Unlock()
	s := l.byID[id]
	if s == nil {
		return nil
	}
	l.progress = time.Now()
	l.dropLocked(s)
	return s
}

func (l *link) dropLocked(s *send) {
	delete(l.byID, s.id)
	l.pool.settle(s)
	for len(l.waiting) > 0 && l.byID[l.waiting[0].id] != l.waiting[0] {
		l.waiting[0] = nil
		l.waiting = l.waiting[1:]
	}
}

func outcome(r *chatpb.SendResult) (*chatpb.SendResponse, error) {
	if ok := r.GetOk(); ok != nil {
		return ok, nil
	}
	f := r.GetFailure()
	if f == nil {
		return nil, errs.ErrInternal.Because(fmt.Errorf("result %d is empty", r.GetRequestId()))
	}
	e := *errs.ByReason(f.GetReason())
	if f.GetMessage() != "" {
		e.Message = f.GetMessage()
	}
	e.RetryAfter = time.Duration(f.GetRetryAfterMs()) * time.Millisecond
	for _, field := range f.GetFields() {
		e.Fields = append(e.Fields, errs.Field{Field: field.GetField(), Message: field.GetMessage()})
	}
	return nil, &e
}
