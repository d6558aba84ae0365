package watch

import (
	"context"
	"time"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/ws-gateway/internal/conn"
)

// reviewTime bounds one question what may be seen.
const reviewTime = 3 * time.Second

// doubtLocked has chat-service asked again what the followers of a user may see of it. mu is held.
func (w *Watch) doubtLocked(id model.UserID) {
	w.doubted[id] = struct{}{}
	select {
	case w.wakeReview <- struct{}{}:
	default: // it is awake
	}
}

// review asks about whoever is doubted until the Watch ends.
func (w *Watch) review() {
	for {
		select {
		case <-w.ctx.Done():
			return
		case <-w.wakeReview:
		}
		for who, users := w.question(); len(users) > 0 && w.ctx.Err() == nil; who, users = w.question() {
			if err := w.ask(who, users); err != nil {
				logx.Infof("what may be seen of users is not known now: %v", err)
				w.doubtAgain(users)
				w.pause()
			}
		}
	}
}

// question takes doubted users whom one and the same user follows, and that user. Whoever is followed by nobody else than itself is
// doubted no more: it always sees all of itself.
func (w *Watch) question() (who model.UserID, users []model.UserID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for id := range w.doubted {
		c := w.subjects[id].other(id)
		if c == nil {
			delete(w.doubted, id)
			continue
		}
		for followed := range w.followers[c].users {
			if _, doubted := w.doubted[followed]; doubted && followed != c.User && len(users) < batch {
				delete(w.doubted, followed)
				users = append(users, followed)
			}
		}
		return c.User, users
	}
	return 0, nil
}

// other is a connection of another user that follows the subject, nil when there is none.
func (s *subject) other(id model.UserID) *conn.Conn {
	if s == nil {
		return nil
	}
	for c := range s.hidden {
		if c.User != id {
			return c
		}
	}
	return nil
}

// ask asks what one user may see of others. What is hidden from one is hidden from all; only who may see nothing of a user any more,
// and follows it no longer, cannot tell.
func (w *Watch) ask(who model.UserID, users []model.UserID) error {
	ctx, cancel := context.WithTimeout(w.ctx, reviewTime)
	defer cancel()
	in := &chatpb.ListPresenceRequest{UserId: int64(who), UserIds: make([]int64, 0, len(users))}
	for _, id := range users {
		in.UserIds = append(in.UserIds, int64(id))
	}
	answer, err := w.chat.ListPresence(ctx, in)
	if err != nil {
		return err //nolint:wrapcheck // typed
	}
	hidden := make(map[model.UserID]bool, len(users))
	for _, p := range answer.GetItems() {
		hidden[model.UserID(p.GetUserId())] = p.GetLastSeenHidden()
	}
	var ready []*conn.Conn
	w.mu.Lock()
	for _, id := range users {
		if choice, told := hidden[id]; told {
			ready = w.chooseLocked(id, choice, ready)
			continue
		}
		w.partLocked(who, id)
		if w.subjects[id] != nil {
			w.doubtLocked(id)
		}
	}
	w.mu.Unlock()
	w.writer.Add(ready...)
	return nil
}

// chooseLocked takes whether a user hides when it was last seen, tells those for whom that is new, and adds them to those to be
// written. mu is held.
func (w *Watch) chooseLocked(id model.UserID, hidden bool, ready []*conn.Conn) []*conn.Conn {
	s := w.subjects[id]
	if s == nil {
		return ready
	}
	changed := map[*conn.Conn]bool{}
	for c, was := range s.hidden {
		if c.User != id && was != hidden {
			s.hidden[c], changed[c] = hidden, hidden
		}
	}
	if !s.known {
		return ready // the answer to the subscribe is still to come
	}
	return tell(s.state, changed, ready)
}

// doubtAgain notes users about whom nobody could be asked.
func (w *Watch) doubtAgain(users []model.UserID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range users {
		if w.subjects[id] != nil {
			w.doubtLocked(id)
		}
	}
}
