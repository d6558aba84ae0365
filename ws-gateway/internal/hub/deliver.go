package hub

import (
	"context"
	"errors"
	"slices"
	"time"

	"im-backend/common/model"
)

// errOvertaken is never seen by a client: the groups are loaded again later.
var errOvertaken = errors.New("the answer about groups was overtaken by their entries")

const (
	askTimeout  = 3 * time.Second // for one question to chat-service
	askPause    = time.Second     // before a question that failed is asked again
	usersAtOnce = 200             // users of one question
	reloadPause = 5 * time.Second // between two reloads of everything
)

// Deliver queues events in order on the connections they are for, and answers when all are queued. When a group is here for
// the first time it also waits until that is known to the others, as long as ctx allows.
func (h *Hub) Deliver(ctx context.Context, events []*Event) {
	var out outbox
	newRooms := h.queueAll(events, &out)
	h.writer.Add(out.ready...)
	if newRooms {
		h.announce.Flush(ctx)
	}
}

func (h *Hub) queueAll(events []*Event, out *outbox) (newRooms bool) {
	h.recalls.mu.RLock()
	defer h.recalls.mu.RUnlock()
	for _, e := range events {
		h.recalls.empty(e)
		if e.Room == "" {
			h.deliverToUsers(e, out)
		} else if e.Passing {
			h.deliverPassing(e, out)
		} else if !h.deliverPlain(e, out) {
			newRooms = h.deliverMoving(e, out) || newRooms
		}
	}
	return newRooms
}

func (h *Hub) deliverToUsers(e *Event, out *outbox) {
	h.mu.RLock()
	defer h.mu.RUnlock()
	for _, id := range e.Users {
		if u := h.users[id]; u != nil {
			out.queue(u, e, e.Except)
		}
	}
}

func (h *Hub) deliverPassing(e *Event, out *outbox) {
	h.mu.RLock()
	r := h.rooms[e.Room]
	h.mu.RUnlock()
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.deliverPassing(e, out)
}

// deliverPlain is the short way: an entry that moves nobody, in its turn. It reports false when it is not one.
func (h *Hub) deliverPlain(e *Event, out *outbox) bool {
	if len(e.Changes) > 0 || len(e.Users) > 0 {
		return false
	}
	h.mu.RLock()
	r := h.rooms[e.Room]
	h.mu.RUnlock()
	if r == nil {
		return true
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if e.Seq > r.head+1 || len(r.held) > 0 {
		return false
	}
	r.head = max(r.head, e.Seq)
	r.deliver(e, out)
	return true
}

// deliverMoving delivers an entry that may move members, or that is not in its turn. It reports whether its group is new here.
func (h *Hub) deliverMoving(e *Event, out *outbox) (isNew bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	r := h.rooms[e.Room]
	if r == nil {
		if !h.namesLocal(e) {
			return false
		}
		r, isNew = newRoom(e.Room, e.Seq-1), true
		h.addRoom(r)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.accept(e, h.local, out) {
		h.Reload()
	}
	h.askLocked(r)
	h.dropVacant(r)
	return isNew
}

// dropVacant forgets a room that the last member here has left, so that its entries are not sent here any more. mu and the
// room's lock are held.
func (h *Hub) dropVacant(r *room) {
	if h.rooms[r.id] != r || !r.vacant() {
		return
	}
	for _, w := range r.windows {
		w.user.rooms = slices.DeleteFunc(w.user.rooms, func(other *room) bool { return other == r })
	}
	delete(h.rooms, r.id)
	h.announce.RoomGone(r.id)
}

func (h *Hub) addRoom(r *room) {
	h.rooms[r.id] = r
	h.announce.RoomAdded(r.id)
}

func (h *Hub) local(id model.UserID) *user { return h.users[id] }

func (h *Hub) namesLocal(e *Event) bool {
	return slices.ContainsFunc(e.Users, func(id model.UserID) bool { return h.users[id] != nil }) ||
		slices.ContainsFunc(e.Changes, func(ch Change) bool { return h.users[ch.User] != nil })
}

// askLocked has the doubtful windows of a room read, if entries wait for it. The room's lock is held.
func (h *Hub) askLocked(r *room) {
	if len(r.held) > 0 && !r.refreshing && h.ctx.Err() == nil {
		r.refreshing = true
		h.owner.Go(func() { h.ask(r) })
	}
}

// ask reads windows until nothing is held any more. Only one asks for a room.
func (h *Hub) ask(r *room) {
	for {
		r.mu.Lock()
		if r.refreshing = len(r.held) > 0 && h.ctx.Err() == nil; !r.refreshing {
			r.held = nil
			r.mu.Unlock()
			return
		}
		upTo := r.held[0].Seq - 1
		users := r.doubtful(upTo)
		r.mu.Unlock()
		answer, err := h.openWindows(users)
		if err != nil {
			h.pause(askPause)
			continue
		}
		h.resolve(r, users, upTo, answer)
	}
}

func (h *Hub) resolve(r *room, users []model.UserID, upTo model.Seq, answer []Membership) {
	answer = slices.DeleteFunc(answer, func(m Membership) bool { return m.Room != r.id })
	var out outbox
	h.recalls.mu.RLock()
	h.mu.Lock()
	r.mu.Lock()
	r.resolve(users, upTo, answer)
	r.release(h.local, &out)
	h.dropVacant(r)
	r.mu.Unlock()
	h.mu.Unlock()
	h.recalls.mu.RUnlock()
	h.writer.Add(out.ready...)
}

// openWindows asks for many users in several questions.
func (h *Hub) openWindows(users []model.UserID) ([]Membership, error) {
	var all []Membership
	for some := range slices.Chunk(users, usersAtOnce) {
		ctx, cancel := context.WithTimeout(h.ctx, askTimeout)
		answer, err := h.members.OpenWindows(ctx, some)
		cancel()
		if err != nil {
			return nil, err
		}
		all = append(all, answer...)
	}
	return all, nil
}

// load reads the open windows of users and lets them in. Answers that were overtaken by an event are asked for again.
func (h *Hub) load(ctx context.Context, users []model.UserID) error {
	const tries = 3
	for range tries {
		answer, err := h.members.OpenWindows(ctx, users)
		if err != nil {
			return err
		}
		if users = h.letIn(answer); len(users) == 0 {
			return nil
		}
	}
	return errOvertaken
}

// letIn takes snapshots and answers the users whose snapshot came too late.
func (h *Hub) letIn(answer []Membership) (late []model.UserID) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, m := range answer {
		u := h.users[m.User]
		if u == nil {
			continue // gone meanwhile
		}
		r := h.rooms[m.Room]
		if r == nil {
			r = newRoom(m.Room, m.At)
			h.addRoom(r)
		}
		r.mu.Lock()
		if !r.snapshot(u, m) && !slices.Contains(late, u.id) {
			late = append(late, u.id)
		}
		r.mu.Unlock()
	}
	return late
}

// Reload has the windows of everybody here read again soon: pushes may have been lost, and with them the entry that let
// somebody into a group.
func (h *Hub) Reload() {
	select {
	case h.reload <- struct{}{}:
	default: // it will be done
	}
}

// reloadRooms is the owner of the reloads.
func (h *Hub) reloadRooms() {
	for {
		select {
		case <-h.ctx.Done():
			return
		case <-h.reload:
		}
		if !h.reloadAll() {
			h.pause(askPause)
			h.Reload()
			continue
		}
		h.pause(reloadPause)
	}
}

func (h *Hub) reloadAll() bool {
	h.mu.RLock()
	users := make([]model.UserID, 0, len(h.users))
	for id := range h.users {
		users = append(users, id)
	}
	h.mu.RUnlock()
	for some := range slices.Chunk(users, usersAtOnce) {
		ctx, cancel := context.WithTimeout(h.ctx, askTimeout)
		err := h.load(ctx, some)
		cancel()
		if err != nil {
			return false
		}
	}
	return true
}

// pause waits, or until the hub ends.
func (h *Hub) pause(d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-h.ctx.Done():
	}
}
