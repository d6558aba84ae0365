package hub

import (
	"context"
	"maps"
	"math/bits"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/common/model"
	"im-backend/ws-gateway/internal/frame"
)

// Heads reads the heads of users' conversations that moved after a time, as far as each of them may see. A head may come
// again that moved shortly before that time. An error tells nothing about anybody.
type Heads interface {
	MovedHeads(ctx context.Context, users []model.UserID, since time.Time) (map[model.UserID][]frame.Head, error)
}

// heads tells the users here, once in a heartbeat, the heads of their conversations that moved, so that a push which was lost
// with nothing after it is found. The users are spread over the parts of a heartbeat as the connections are for the pings,
// but on a wheel of their own: who has several devices is asked for once. One goroutine asks, so that an answer that keeps it
// waiting delays no ping; the parts that fall due meanwhile are asked about afterwards.
type heads struct {
	hub  *Hub
	read Heads
	due  atomic.Uint32 // one bit for each part that is to be asked about
	wake chan struct{}

	mu    sync.Mutex
	parts [spokes]part
	now   int32 // the part that fell due last
}

// part is the users that are asked for together.
type part struct {
	users []*user // guarded by heads.mu

	// These belong to the goroutine that asks.
	asked time.Time              // what moved before was told, or came before its user
	told  map[*user][]frame.Head // the last answer: the next one may repeat some of it
}

func newHeads(h *Hub, read Heads) *heads {
	s := &heads{hub: h, read: read, wake: make(chan struct{}, 1)}
	for i := range s.parts {
		s.parts[i].asked = time.Now()
		s.parts[i].told = map[*user][]frame.Head{}
	}
	return s
}

// add takes a user in that came now: into the part that fell due just now, so that little is told of what moved before, which
// the user syncs.
func (s *heads) add(u *user) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := &s.parts[s.now]
	u.part, u.index = s.now, int32(len(p.users))
	p.users = append(p.users, u)
}

func (s *heads) remove(u *user) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := &s.parts[u.part]
	last := len(p.users) - 1
	moved := p.users[last]
	p.users[u.index], moved.index = moved, u.index
	p.users[last] = nil
	p.users = p.users[:last]
}

// fallDue has a part asked about. It does not wait.
func (s *heads) fallDue(i int) {
	s.mu.Lock()
	s.now = int32(i)
	s.mu.Unlock()
	s.ask(1 << i)
}

func (s *heads) ask(parts uint32) {
	s.due.Or(parts)
	select {
	case s.wake <- struct{}{}:
	default: // it is awake
	}
}

// run asks about what falls due until the hub ends. After a question that failed it goes on with the other parts a moment
// later, and then comes back to the one that failed. Nothing is lost meanwhile: its next question reaches back to the last
// answer.
func (s *heads) run() {
	for {
		select {
		case <-s.hub.ctx.Done():
			return
		case <-s.wake:
		}
		var failed uint32
		for due := s.due.Swap(0); due != 0 && s.hub.ctx.Err() == nil; due &= due - 1 {
			i := bits.TrailingZeros32(due)
			if err := s.tell(&s.parts[i]); err != nil {
				headsFailed.Inc()
				logx.Debugf("heads are not told now: %v", err)
				failed |= 1 << i
				s.hub.pause(askPause)
			}
		}
		if failed != 0 {
			s.ask(failed)
		}
	}
}

// tell asks for the users of a part and tells them what is news.
func (s *heads) tell(p *part) error {
	s.mu.Lock()
	users := slices.Clone(p.users)
	s.mu.Unlock()
	now := time.Now()
	answers := map[*user][]frame.Head{}
	for some := range slices.Chunk(users, usersAtOnce) {
		moved, err := s.moved(some, p.asked)
		if err != nil {
			maps.Copy(p.told, answers)
			return err
		}
		s.send(some, moved, p.told, answers)
	}
	p.asked, p.told = now, answers
	return nil
}

func (s *heads) moved(users []*user, since time.Time) (map[model.UserID][]frame.Head, error) {
	ids := make([]model.UserID, 0, len(users))
	for _, u := range users {
		ids = append(ids, u.id)
	}
	ctx, cancel := context.WithTimeout(s.hub.ctx, askTimeout)
	defer cancel()
	return s.read.MovedHeads(ctx, ids, since) //nolint:wrapcheck // typed
}

// send queues one frame for each user who has news, on all of the user's connections, and adds to answers.
func (s *heads) send(users []*user, moved map[model.UserID][]frame.Head, told, answers map[*user][]frame.Head) {
	var out outbox
	for _, u := range users {
		all := moved[u.id]
		if len(all) == 0 {
			continue
		}
		answers[u] = all
		if news := beyond(all, told[u]); len(news) > 0 {
			headsTold.Inc()
			out.queue(u, &Event{Encode: func(c frame.Codec) []byte { return c.Heads(news) }}, 0)
		}
	}
	s.hub.writer.Add(out.ready...)
}

// beyond answers the heads that are further than, or not among, those that were told.
func beyond(all, told []frame.Head) []frame.Head {
	if len(told) == 0 {
		return all
	}
	known := make(map[string]int64, len(told))
	for _, h := range told {
		known[h.ConversationID] = h.MaxSeq
	}
	news := make([]frame.Head, 0, len(all))
	for _, h := range all {
		if h.MaxSeq > known[h.ConversationID] {
			news = append(news, h)
		}
	}
	return news
}
