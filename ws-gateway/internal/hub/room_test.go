package hub

import (
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"im-backend/common/model"
	"im-backend/ws-gateway/internal/conn"
	"im-backend/ws-gateway/internal/frame"
)

// truth is a group's log: who was a member at which entry, as the database has it.
type truth struct {
	entries []entryFacts // entries[i] has seq i+1
}

type entryFacts struct {
	changes []Change
	sees    map[model.UserID]bool // who may see it
	members map[model.UserID]model.Seq
}

// drawTruth makes a log of entries that let users in and out.
func drawTruth(t *rapid.T, users int) *truth {
	log := &truth{}
	members := map[model.UserID]model.Seq{}
	for seq := range rapid.IntRange(5, 40).Draw(t, "entries") {
		facts := entryFacts{sees: map[model.UserID]bool{}, members: map[model.UserID]model.Seq{}}
		if rapid.IntRange(0, 2).Draw(t, "moves") == 0 {
			u := model.UserID(rapid.IntRange(1, users).Draw(t, "user"))
			_, in := members[u]
			facts.changes = []Change{{User: u, Left: in}}
			if in {
				facts.sees[u] = true
				delete(members, u)
			} else {
				members[u] = model.Seq(seq + 1)
			}
		}
		for u, from := range members {
			facts.sees[u] = true
			facts.members[u] = from
		}
		log.entries = append(log.entries, facts)
	}
	return log
}

func (l *truth) event(seq model.Seq) *Event {
	return &Event{Room: "g:1", Seq: seq, Changes: l.entries[seq-1].changes, Encode: func(frame.Codec) []byte { return nil }}
}

// windows is what chat-service answers when the log's head is at.
func (l *truth) windows(at model.Seq, users []model.UserID) []Membership {
	var out []Membership
	for _, u := range users {
		if at == 0 {
			break
		}
		if from, in := l.entries[at-1].members[u]; in {
			out = append(out, Membership{User: u, Room: "g:1", From: from, At: at})
		}
	}
	return out
}

// gateway is one room as the hub would drive it, with the hub's locks and questions played by hand.
type gateway struct {
	users map[model.UserID]*user
	room  *room

	asked   []model.UserID // a question under way
	askedOf *room
	upTo    model.Seq
	least   model.Seq // the answer is of no earlier head
}

func (g *gateway) local(id model.UserID) *user { return g.users[id] }

// load plays an answer about a user, read at some head that may be long past when it comes.
func (g *gateway) load(l *truth, id model.UserID, at model.Seq) {
	u := g.users[id]
	for _, m := range l.windows(at, []model.UserID{id}) {
		if g.room == nil {
			g.room = newRoom("g:1", m.At)
		}
		g.room.snapshot(u, m)
	}
}

func (g *gateway) disconnect(id model.UserID) {
	delete(g.users, id)
	if g.room != nil {
		delete(g.room.windows, id)
		if len(g.room.windows) == 0 {
			g.room = nil
		}
	}
}

// visible is what each user here would get of the entries that are released.
func (g *gateway) accept(e *Event) {
	if g.room == nil {
		named := false
		for _, ch := range e.Changes {
			named = named || g.users[ch.User] != nil
		}
		if !named {
			return
		}
		g.room = newRoom("g:1", e.Seq-1)
	}
	g.room.accept(e, g.local, &outbox{})
}

// TestNobodySeesAnEntryOutsideOfItsMembership drives a room with two streams that lag, repeat and lose, and with users that
// come and go, and looks after each step at every window that could be used for a delivery.
func TestNobodySeesAnEntryOutsideOfItsMembership(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		const users = 3
		log := drawTruth(t, users)
		head := model.Seq(len(log.entries))
		g := &gateway{users: map[model.UserID]*user{}}
		at := [2]model.Seq{1, 1}              // the next entry of each stream
		reads := map[model.UserID]model.Seq{} // answers about new users that are on their way
		for range rapid.IntRange(1, 80).Draw(t, "steps") {
			stream := rapid.IntRange(0, 1).Draw(t, "stream")
			id := model.UserID(rapid.IntRange(1, users).Draw(t, "who"))
			pushed := max(at[0], at[1]) - 1 // what is pushed is committed
			switch rapid.SampledFrom([]string{"push", "push", "push", "push", "connect", "load", "leave", "rewind", "lose", "ask", "answer"}).Draw(t, "step") {
			case "push":
				if at[stream] <= head {
					g.push(t, log, log.event(at[stream]))
					at[stream]++
				}
			case "connect":
				if g.users[id] == nil {
					g.users[id] = &user{id: id}
					g.users[id].conns.Store(&[]*conn.Conn{})
					reads[id] = model.Seq(rapid.IntRange(int(pushed), int(head)).Draw(t, "read at"))
				}
			case "load":
				if at, due := reads[id]; due {
					g.load(log, id, at)
					delete(reads, id)
				}
			case "leave":
				g.disconnect(id)
				delete(reads, id)
			case "rewind":
				at[stream] = model.Seq(rapid.IntRange(1, int(at[stream])).Draw(t, "back to"))
			case "lose":
				at[stream] = min(head+1, at[stream]+model.Seq(rapid.IntRange(1, 4).Draw(t, "lost")))
			case "ask":
				g.ask()
			case "answer":
				g.answer(t, log, head)
			}
		}
	})
}

// push delivers an entry and checks whoever gets something by it.
func (g *gateway) push(t *rapid.T, log *truth, e *Event) {
	before := g.pending()
	g.accept(e)
	g.check(t, log, append(before, e))
	g.dropVacant()
}

// dropVacant plays what the hub does with a room that nobody here is a member of.
func (g *gateway) dropVacant() {
	if g.room != nil && g.room.vacant() {
		g.room = nil
	}
}

// ask notes which windows of a room are in doubt.
func (g *gateway) ask() {
	if g.room == nil || len(g.room.held) == 0 {
		return
	}
	g.askedOf, g.upTo = g.room, g.room.held[0].Seq-1
	g.asked = g.room.doubtful(g.upTo)
	g.least = g.room.held[len(g.room.held)-1].Seq
}

// answer plays chat-service's answer about a room in doubt.
func (g *gateway) answer(t *rapid.T, log *truth, head model.Seq) {
	if g.room == nil || g.askedOf != g.room {
		return
	}
	before := g.pending()
	read := model.Seq(rapid.IntRange(int(g.least), int(head)).Draw(t, "answered at"))
	g.room.resolve(g.asked, g.upTo, log.windows(read, g.asked))
	g.room.release(g.local, &outbox{})
	g.askedOf = nil
	g.check(t, log, before)
	g.dropVacant()
}

func (g *gateway) pending() []*Event {
	if g.room == nil {
		return nil
	}
	return append([]*Event(nil), g.room.held...)
}

// check looks at the entries that may have been delivered in this step: those that were due and do not wait any more.
func (g *gateway) check(t *rapid.T, log *truth, due []*Event) {
	if g.room == nil {
		return
	}
	waits := map[model.Seq]bool{}
	for _, e := range g.room.held {
		waits[e.Seq] = true
	}
	for _, e := range due {
		if waits[e.Seq] {
			continue
		}
		for id, w := range g.room.windows {
			if w.from <= e.Seq && e.Seq <= w.to && !log.entries[e.Seq-1].sees[id] {
				t.Fatalf("user %d would see entry %d: window %d to %d, known to %d, head %d", id, e.Seq, w.from, w.to, w.asOf, g.room.head)
			}
		}
	}
}

func TestARoomHoldsABoundedNumberOfEntries(t *testing.T) {
	t.Parallel()
	r := newRoom("g:1", 0)
	u := &user{id: 1}
	u.conns.Store(&[]*conn.Conn{})
	r.snapshot(u, Membership{User: 1, Room: "g:1", From: 1, At: 0})
	for seq := model.Seq(5); seq < 5+2*maxHeld; seq++ {
		r.accept(&Event{Room: "g:1", Seq: seq}, func(model.UserID) *user { return nil }, &outbox{})
	}
	require.Len(t, r.held, maxHeld)
	require.Equal(t, []model.UserID{1}, r.doubtful(4))
}

func TestHistoryVisibleOpensTheWholeLog(t *testing.T) {
	t.Parallel()
	r := newRoom("g:1", 9)
	u := &user{id: 1}
	u.conns.Store(&[]*conn.Conn{})
	local := func(model.UserID) *user { return u }
	r.accept(&Event{Room: "g:1", Seq: 10, Changes: []Change{{User: 1, History: true}}}, local, &outbox{})
	require.Equal(t, &window{user: u, from: 1, to: unbounded, asOf: 10}, r.windows[1])
	r.accept(&Event{Room: "g:1", Seq: 11, Changes: []Change{{User: 1, Left: true}}}, local, &outbox{})
	require.Equal(t, model.Seq(11), r.windows[1].to)
	r.accept(&Event{Room: "g:1", Seq: 10, Changes: []Change{{User: 1, History: true}}}, local, &outbox{})
	require.Equal(t, model.Seq(11), r.windows[1].to, "a repeat opens nothing")
}
