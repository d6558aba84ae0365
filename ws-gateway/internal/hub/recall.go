package hub

import (
	"encoding/json"
	"strconv"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	"im-backend/common/proto/gen/logpb"
)

// How long a recall is kept in mind, and how many are at the most. What chat-service pushes is not older than seconds, see
// its decision on recalls; it may say what a message said until then.
const (
	recallsLast = time.Minute
	maxRecalls  = 100_000
)

// The types of entries that say what a message says, with an edit's pointer to it.
const typeEdit = "edit"

// place names an entry.
type place struct {
	conversation string
	seq          int64
}

// recalls are the messages that were recalled lately. Whoever queues entries holds the lock for reading from the look at them
// here until they are queued: what is queued when Recall has had the lock is known to it, and what comes later knows of the recall.
type recalls struct {
	mu    sync.RWMutex
	at    map[place]int64 // when, as the log has it, unix milliseconds
	order []noted         // the oldest first
}

// noted is when a recall was heard of.
type noted struct {
	place
	heard time.Time
}

// note keeps a recall in mind and forgets old ones. The lock is held.
func (r *recalls) note(p place, at int64, now time.Time) {
	for len(r.order) > 0 && (len(r.order) >= maxRecalls || now.Sub(r.order[0].heard) > recallsLast) {
		delete(r.at, r.order[0].place)
		r.order = r.order[1:]
	}
	if r.at == nil || len(r.order) == 0 {
		r.at, r.order = map[place]int64{}, nil
	}
	if _, known := r.at[p]; !known {
		r.order = append(r.order, noted{p, now})
	}
	r.at[p] = at
}

// empty takes the content from an event that says what a recalled message said. The lock is held for reading.
func (r *recalls) empty(e *Event) {
	if len(r.at) == 0 || e.Entry == nil {
		return
	}
	if at, is := r.at[messageOf(e.Entry)]; is {
		e.empty(at)
	}
}

// messageOf is the message whose words an entry carries: its own, or of an edit the one that it edits.
func messageOf(e *logpb.Entry) place {
	if e.GetType() != typeEdit {
		return place{e.GetConversationId(), e.GetSeq()}
	}
	var content struct {
		TargetSeq int64 `json:"targetSeq"`
	}
	_ = json.Unmarshal(e.GetContent(), &content) // chat-service's own content always has it
	return place{e.GetConversationId(), content.TargetSeq}
}

// empty makes an event one of a recalled message.
func (e *Event) empty(at int64) {
	gone := proto.CloneOf(e.Entry)
	gone.Content, gone.Mentions, gone.EditedAt, gone.RecalledAt = []byte("{}"), nil, 0, at
	if gone.GetType() == typeEdit {
		gone.Content = []byte(`{"targetSeq":` + strconv.FormatInt(messageOf(e.Entry).seq, 10) + `}`)
	}
	e.Entry = gone
	clear(e.frames[:])
}

// Recall takes the content of a message from everything that is queued, and from what is delivered later. When it returns no
// connection has it but in the write that is under way. at is when it was recalled, unix milliseconds.
func (h *Hub) Recall(conversation string, seq, at int64) {
	p := place{conversation, seq}
	h.noteRecall(p, at)
	emptied := map[*logpb.Entry]*Event{} // one encoding for all connections
	for _, c := range h.all() {
		c.Replace(func(e *logpb.Entry) []byte {
			if e.GetConversationId() != conversation || messageOf(e) != p {
				return nil
			}
			gone := emptied[e]
			if gone == nil {
				gone = &Event{Entry: e}
				gone.empty(at)
				emptied[e] = gone
			}
			return gone.bytes(c.Format)
		})
	}
}

func (h *Hub) noteRecall(p place, at int64) {
	h.recalls.mu.Lock()
	defer h.recalls.mu.Unlock()
	h.recalls.note(p, at, time.Now())
	h.mu.RLock()
	r := h.rooms[p.conversation]
	h.mu.RUnlock()
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range r.held {
		h.recalls.empty(e)
	}
}
