package watch

import (
	"context"
	"time"

	"im-backend/common/model"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/utils/errs"
	"im-backend/common/utils/routes"
	"im-backend/ws-gateway/internal/conn"
	"im-backend/ws-gateway/internal/frame"
)

// Turn is the place of a presence.subscribe among all others; it is taken in the order in which they came.
func (w *Watch) Turn() int64 { return w.turns.Add(1) }

// Follow makes a connection follow those of some users whom its user may see, instead of whom it followed before, and queues
// the answer with their present states. Of several under way the one with the highest turn counts. The events of these users
// that come after the answer are newer than it. Errors: UNAVAILABLE, and those of chat-service; what is followed then is not
// said.
func (w *Watch) Follow(ctx context.Context, c *conn.Conn, turn int64, requestID string, users []int64) error {
	choices := w.choicesNow()
	allowed, err := w.chat.ListPresence(ctx, &chatpb.ListPresenceRequest{UserId: int64(c.User), UserIds: users})
	if err != nil {
		return err //nolint:wrapcheck // typed
	}
	subjects := w.follow(c, turn, choices, allowed.GetItems())
	for _, s := range subjects {
		select {
		case <-s.settled:
		case <-ctx.Done():
			return errs.ErrUnavailable.Because(ctx.Err())
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	items := make([]frame.Presence, 0, len(subjects))
	for i, p := range allowed.GetItems() {
		if i < len(subjects) && subjects[i].known {
			hidden, follows := subjects[i].hidden[c] // as it may have been chosen since
			if !follows {
				hidden = p.GetLastSeenHidden()
			}
			items = append(items, shown(subjects[i].state, hidden))
			continue
		}
		items = append(items, frame.Presence{User: model.UserID(p.GetUserId()), Platforms: p.GetPlatforms(), LastSeenAt: p.GetLastSeenAt()})
	}
	c.Answer(c.Format.Codec().Followed(requestID, items)) // under the lock: an event comes before it or after it
	return nil
}

// choicesNow is how often somebody has been said to have chosen anew.
func (w *Watch) choicesNow() int64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.choices
}

// follow notes who is followed and answers them in the order of allowed. When it is too late for that, because the connection has
// ended or a later turn was noted, nobody is followed: what chat-service said is the answer. choices is what choicesNow
// was before chat-service was asked: who has chosen since may have chosen otherwise than it said.
func (w *Watch) follow(c *conn.Conn, turn, choices int64, allowed []*chatpb.Presence) []*subject {
	w.mu.Lock()
	defer w.mu.Unlock()
	old := w.followers[c]
	if c.Ended() || old.turn > turn {
		return nil
	}
	next := follower{turn: turn, users: make(map[model.UserID]struct{}, len(allowed))}
	subjects := make([]*subject, 0, len(allowed))
	for _, p := range allowed {
		id := model.UserID(p.GetUserId())
		s := w.subjects[id]
		if s == nil {
			s = &subject{settled: make(chan struct{}), hidden: map[*conn.Conn]bool{}}
			w.subjects[id] = s
			w.markLocked(id)
		}
		s.hidden[c] = p.GetLastSeenHidden()
		if w.choices != choices {
			w.doubtLocked(id)
		}
		next.users[id] = struct{}{}
		subjects = append(subjects, s)
	}
	w.followers[c] = next
	for id := range old.users {
		if _, still := next.users[id]; !still {
			w.dropLocked(id, c)
		}
	}
	return subjects
}

// shown is a state as a follower may see it. Who is online is seen now.
func shown(s routes.State, hidden bool) frame.Presence {
	p := frame.Presence{User: s.User, Platforms: s.Platforms, LastSeenAt: s.LastSeenAt}
	switch {
	case hidden:
		p.LastSeenAt = 0
	case s.Online():
		p.LastSeenAt = time.Now().UnixMilli()
	}
	return p
}
