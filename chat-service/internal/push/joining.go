package push

import (
	"maps"
	"sync"
)

// minSweep is how many rooms are kept in mind before those are looked for that need not be.
const minSweep = 1000

// joining are the gateways that were sent a membership entry of a room and have not acknowledged it. Such an entry goes to the
// gateways of the users it names; the room may be new there, and Redis says so only when the gateway has taken the entry. What
// follows in the room meanwhile has to go there too.
type joining struct {
	mu      sync.Mutex
	rooms   map[string]map[*link]uint64 // which event of the link it was
	sweepAt int                         // rooms at which the settled ones are looked for
}

func (j *joining) note(room string, l *link, at uint64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.rooms) >= max(j.sweepAt, minSweep) {
		maps.DeleteFunc(j.rooms, func(_ string, links map[*link]uint64) bool { return settled(links) })
		j.sweepAt = 2 * len(j.rooms) // so that a gateway that settles nothing does not have every event look at all rooms
	}
	if j.rooms[room] == nil {
		j.rooms[room] = map[*link]uint64{}
	}
	j.rooms[room][l] = at
}

// links answers the gateways that Redis may not name yet. It has to be asked before Redis is: an acknowledgement may come in
// between.
func (j *joining) links(rooms map[string]bool) map[string][]*link {
	found := map[string][]*link{}
	j.mu.Lock()
	defer j.mu.Unlock()
	if len(j.rooms) == 0 {
		return found
	}
	for room := range rooms {
		if settled(j.rooms[room]) {
			delete(j.rooms, room)
		}
		for l := range j.rooms[room] {
			found[room] = append(found[room], l)
		}
	}
	return found
}

// settled drops what is acknowledged and reports whether nothing is left.
func settled(links map[*link]uint64) bool {
	maps.DeleteFunc(links, func(l *link, at uint64) bool { return !l.owes(at) })
	return len(links) == 0
}
