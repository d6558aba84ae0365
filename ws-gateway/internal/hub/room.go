package hub

import (
	"cmp"
	"math"
	"slices"
	"sync"

	"im-backend/common/model"
	"im-backend/common/proto/gen/logpb"
	"im-backend/ws-gateway/internal/conn"
	"im-backend/ws-gateway/internal/frame"
)

// unbounded is the end of an open window.
const unbounded = model.Seq(math.MaxInt64)

// maxHeld is how many entries of a room wait while its windows are read again; clients sync what is dropped beyond.
const maxHeld = 512

// Change moves one user's membership at the entry that carries it.
type Change struct {
	User    model.UserID
	Left    bool // false: joined
	History bool // joined, and sees all entries before as well
}

// Event is one event and whom it goes to.
type Event struct {
	Room    string // a group's conversation; empty: Users alone
	Seq     model.Seq
	Users   []model.UserID
	Except  int64        // a session of Users that is not told
	Changes []Change     // of Room
	Passing bool         // no entry: it has no seq, and of Room goes to those who are members now
	By      model.UserID // of Passing: who is not told
	Entry   *logpb.Entry // what it is; nil: Encode says it
	Encode  func(frame.Codec) []byte

	frames [frame.Formats][]byte // nil until encoded
}

// bytes is the frame in a format, encoded when somebody is there to get it in that format, and then only once.
func (e *Event) bytes(f frame.Format) []byte {
	if e.frames[f] == nil {
		e.encode(f)
	}
	return e.frames[f]
}

// encode makes the frame in a format; a compressed one shares the encoding of the plain one.
func (e *Event) encode(f frame.Format) {
	switch {
	case f.IsDeflated():
		e.frames[f] = frame.Deflate(e.bytes(f.Plain()))
	case e.Entry != nil:
		e.frames[f] = f.Codec().Message(e.Entry)
	default:
		e.frames[f] = e.Encode(f.Codec())
	}
}

// room is one group with members here. It decides who sees which entry.
//
// The windows of the members are exact as long as no entry is missed that could move one. So a room counts: head is the last
// entry up to which all are known. An entry at or below head is a repeat and moves nothing. The one after head moves what
// it says. One further on means that something was missed, be it a push that got lost or a room that was announced too
// late; then the entry waits until the windows in doubt have been read from chat-service. Such a jump is certain for the windows
// of that moment only: since is where the last one went, and what chat-service said of a user before since comes too late to
// be believed. Hence nothing that lags, repeats or gets lost can show an entry to somebody outside of its window.
type room struct {
	id string

	mu         sync.Mutex
	head       model.Seq
	since      model.Seq
	windows    map[model.UserID]*window
	held       []*Event // ascending by seq, once each
	refreshing bool
}

// window is what one user may see of a room: the entries from from to to, known for certain up to asOf.
type window struct {
	user           *user
	from, to, asOf model.Seq
}

func newRoom(id string, head model.Seq) *room {
	return &room{id: id, head: head, since: head, windows: map[model.UserID]*window{}}
}

// accept takes an entry: it is delivered, or held until the windows are certain. local answers the users that are here. It
// reports a repeat that lets somebody in of whom nothing is known: then only chat-service can tell.
func (r *room) accept(e *Event, local func(model.UserID) *user, out *outbox) (unknown bool) {
	if e.Seq <= r.head {
		r.deliver(e, out)
		return slices.ContainsFunc(e.Changes, func(ch Change) bool {
			return !ch.Left && local(ch.User) != nil && r.windows[ch.User] == nil
		})
	}
	at, repeated := slices.BinarySearchFunc(r.held, e.Seq, func(h *Event, seq model.Seq) int { return cmp.Compare(h.Seq, seq) })
	if !repeated && len(r.held) < maxHeld {
		r.held = slices.Insert(r.held, at, e)
	}
	r.release(local, out)
	return false
}

// release delivers the held entries that have no doubt before them.
func (r *room) release(local func(model.UserID) *user, out *outbox) {
	for len(r.held) > 0 {
		e := r.held[0]
		if e.Seq > r.head+1 {
			if len(r.doubtful(e.Seq-1)) > 0 {
				return
			}
			r.head, r.since = e.Seq-1, e.Seq-1
		}
		r.held = slices.Delete(r.held, 0, 1)
		if e.Seq > r.head {
			r.head = e.Seq
			r.apply(e, local)
		}
		r.deliver(e, out)
	}
}

// doubtful are the users whose windows are not known up to a seq.
func (r *room) doubtful(upTo model.Seq) []model.UserID {
	if r.head >= upTo {
		return nil
	}
	var users []model.UserID
	for id, w := range r.windows {
		if w.asOf < upTo {
			users = append(users, id)
		}
	}
	return users
}

// apply moves the windows of the users here that an entry names, before it is delivered.
func (r *room) apply(e *Event, local func(model.UserID) *user) {
	for _, ch := range e.Changes {
		u := local(ch.User)
		if u == nil {
			continue
		}
		w, had := r.windowOf(u, e.Seq)
		switch {
		case had && w.asOf >= e.Seq: // a snapshot knew it before
			continue
		case !ch.Left:
			if w.from, w.to = e.Seq, unbounded; ch.History {
				w.from = 1
			}
		case w.to == unbounded:
			w.to = e.Seq // the leaver sees this entry last
		default:
			w.from, w.to = e.Seq, e.Seq
		}
		w.asOf = e.Seq
	}
	for _, id := range e.Users {
		if u := local(id); u != nil && r.windows[id] == nil {
			w, _ := r.windowOf(u, e.Seq)
			w.to = unbounded
		}
	}
}

// windowOf answers the user's window; a new one holds one entry.
func (r *room) windowOf(u *user, at model.Seq) (w *window, had bool) {
	if w = r.windows[u.id]; w != nil {
		return w, true
	}
	w = &window{user: u, from: at, to: at, asOf: at}
	r.windows[u.id] = w
	u.rooms = append(u.rooms, r)
	return w, false
}

// snapshot takes what chat-service said of a user, unless something newer is known. It reports false when that was too long
// ago, and has to be asked again.
func (r *room) snapshot(u *user, m Membership) bool {
	if r.windows[u.id] == nil && m.At < r.since {
		return false
	}
	w, had := r.windowOf(u, m.At)
	if !had || m.At > w.asOf {
		w.from, w.to, w.asOf = m.From, unbounded, m.At
	}
	return true
}

// resolve takes the answer about the users that were in doubt up to a seq: who is not in it is no member any more.
func (r *room) resolve(asked []model.UserID, upTo model.Seq, answer []Membership) {
	member := make(map[model.UserID]bool, len(answer))
	for _, m := range answer {
		member[m.User] = true
		if w := r.windows[m.User]; w != nil && m.At > w.asOf {
			w.from, w.to, w.asOf = m.From, unbounded, m.At
		}
	}
	for _, id := range asked {
		w := r.windows[id]
		if w == nil {
			continue
		}
		if !member[id] && w.to == unbounded {
			w.to = max(r.head, w.asOf)
		}
		w.asOf = max(w.asOf, upTo)
	}
}

// vacant reports that nobody here is a member any more and nothing waits. Such a room can be forgotten: one that is made anew
// counts from where it begins, and doubts what it has not seen.
func (r *room) vacant() bool {
	for _, w := range r.windows {
		if w.to == unbounded {
			return false
		}
	}
	return len(r.held) == 0
}

// deliver queues an entry on the connections of everybody who may see it.
func (r *room) deliver(e *Event, out *outbox) {
	for _, w := range r.windows {
		if w.from <= e.Seq && e.Seq <= w.to {
			out.queue(w.user, e, 0)
		}
	}
}

// deliverPassing queues an event that is no entry on the connections of the present members.
func (r *room) deliverPassing(e *Event, out *outbox) {
	for _, w := range r.windows {
		if w.to == unbounded && w.user.id != e.By {
			out.queue(w.user, e, 0)
		}
	}
}

// outbox collects the connections that have something to be written; they are handed to the Writer together.
type outbox struct {
	ready []*conn.Conn
}

// queue queues an event on all connections of a user but those of one session.
func (o *outbox) queue(u *user, e *Event, except int64) {
	for _, c := range *u.conns.Load() {
		if (except == 0 || c.Session != except) && c.QueueEntry(e.bytes(c.Format), e.Entry) {
			o.ready = append(o.ready, c)
		}
	}
}
