package watch

import (
	"github.com/redis/go-redis/v9"

	"im-backend/common/model"
	"im-backend/common/utils/rediskey"
	"im-backend/common/utils/routes"
)

// listen takes the notices of all gateways. Whenever the channel was not listened to, which a subscription ends, notices may have
// been missed.
func (w *Watch) listen() {
	sub := w.rdb.Subscribe(w.ctx, rediskey.PresenceChannel) // it connects, and again, by itself
	defer func() { _ = sub.Close() }()
	told := sub.ChannelWithSubscriptions()
	for {
		select {
		case <-w.ctx.Done():
			return
		case m, ok := <-told:
			if !ok {
				return
			}
			switch m := m.(type) {
			case *redis.Subscription:
				w.take(routes.Notice{All: true})
				w.doubtAll()
			case *redis.Message:
				w.take(routes.ParseNotice(m.Payload))
			}
		}
	}
}

// take does what a notice asks for. It does not wait.
func (w *Watch) take(n routes.Notice) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case n.All:
		for id := range w.subjects {
			w.markLocked(id)
		}
	case n.Parted:
		w.partLocked(n.Users[0], n.Users[1])
		w.partLocked(n.Users[1], n.Users[0])
	case n.Chosen:
		w.choices++
		for _, id := range n.Users {
			if w.subjects[id] != nil {
				w.doubtLocked(id)
			}
		}
	default:
		for _, id := range n.Users {
			if w.subjects[id] != nil {
				w.markLocked(id)
			}
		}
	}
}

// doubtAll is for when notices that somebody has chosen may have been missed.
func (w *Watch) doubtAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.choices++
	for id := range w.subjects {
		w.doubtLocked(id)
	}
}

// partLocked ends that the connections of one user follow the other. mu is held.
func (w *Watch) partLocked(who, whom model.UserID) {
	s := w.subjects[whom]
	if s == nil || who == whom {
		return
	}
	for c := range s.hidden {
		if c.User == who {
			delete(w.followers[c].users, whom)
			w.dropLocked(whom, c)
		}
	}
}
