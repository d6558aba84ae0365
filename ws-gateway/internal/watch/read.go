package watch

import (
	"slices"
	"time"

	"github.com/zeromicro/go-zero/core/logx"

	"im-backend/common/model"
	"im-backend/common/utils/routes"
	"im-backend/ws-gateway/internal/conn"
	"im-backend/ws-gateway/internal/frame"
)

// read reads whoever is to be read until the Watch ends. One goroutine does it, so that no state is overwritten by an older one.
func (w *Watch) read() {
	for {
		select {
		case <-w.ctx.Done():
			return
		case <-w.wake:
		}
		for users := w.due(); len(users) > 0 && w.ctx.Err() == nil; users = w.due() {
			answer, err := w.reader.Read(w.ctx, users)
			if err != nil {
				logx.Infof("presence is not read now: %v", err)
				w.again(users)
				w.pause()
				continue
			}
			w.apply(answer)
		}
	}
}

// due takes some of the users that are to be read.
func (w *Watch) due() []model.UserID {
	w.mu.Lock()
	defer w.mu.Unlock()
	users := make([]model.UserID, 0, min(batch, len(w.dirty)))
	for id := range w.dirty {
		if len(users) == batch {
			break
		}
		users = append(users, id)
		delete(w.dirty, id)
	}
	return users
}

// again notes users that could not be read.
func (w *Watch) again(users []model.UserID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range users {
		if w.subjects[id] != nil {
			w.dirty[id] = struct{}{}
		}
	}
}

func (w *Watch) pause() {
	timer := time.NewTimer(retryPause)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-w.ctx.Done():
	}
}

// apply takes states and tells followers what has changed.
func (w *Watch) apply(answer routes.Answer) {
	var ready []*conn.Conn
	w.mu.Lock()
	for _, state := range answer.States {
		s := w.subjects[state.User]
		if s == nil || s.doubts(state, answer.Unsure) {
			continue
		}
		if state.LastSeenAt = max(state.LastSeenAt, s.state.LastSeenAt); s.known && !same(s.state, state) {
			ready = tell(state, s.hidden, ready)
		}
		s.state, s.known = state, true
		s.settle()
	}
	w.mu.Unlock()
	w.writer.Add(ready...)
}

// doubts reports whether a state may lack a connection only because its gateway has not announced it again, which is so for a
// moment after Redis was flushed. That gateway will say when it has, or Etcd that it is gone.
func (s *subject) doubts(state routes.State, unsure map[string]bool) bool {
	return s.known && slices.ContainsFunc(s.state.Gateways, func(id string) bool {
		return unsure[id] && !slices.Contains(state.Gateways, id)
	})
}

// same reports whether two states look the same to followers. Who is online is always seen now.
func same(a, b routes.State) bool {
	return slices.Equal(a.Platforms, b.Platforms) && (a.Online() || a.LastSeenAt == b.LastSeenAt)
}

// tell queues the event of a state on connections, each with whether the time last seen is hidden from it, encoded once for each
// form, and adds to those to be written.
func tell(state routes.State, to map[*conn.Conn]bool, ready []*conn.Conn) []*conn.Conn {
	var forms [frame.Formats][2][]byte
	for c, hidden := range to {
		form := &forms[c.Format.Plain()][0]
		if hidden {
			form = &forms[c.Format.Plain()][1]
		}
		if *form == nil {
			*form = c.Format.Codec().Presence(shown(state, hidden))
		}
		if c.Queue(*form) {
			ready = append(ready, c)
		}
	}
	return ready
}
