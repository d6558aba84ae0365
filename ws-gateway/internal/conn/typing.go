package conn

import "time"

const (
	typingPause = 3 * time.Second // between two typing events of a connection in one conversation
	typingKept  = 16              // conversations that a connection may type in meanwhile
)

// Typing remembers where a connection has said lately that its user types. It is used by one goroutine at a time; the zero
// value is ready.
type Typing struct {
	last []typed // the oldest first
}

type typed struct {
	conversation string
	at           time.Time
}

// Pass reports whether to pass on that the user types in a conversation: not within three seconds of the last time, and not in
// more than sixteen conversations within them.
func (t *Typing) Pass(conversation string, now time.Time) bool {
	for len(t.last) > 0 && now.Sub(t.last[0].at) >= typingPause {
		t.last = t.last[1:]
	}
	if len(t.last) >= typingKept {
		return false
	}
	for _, one := range t.last {
		if one.conversation == conversation {
			return false
		}
	}
	t.last = append(t.last, typed{conversation, now})
	return true
}
