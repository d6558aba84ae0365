package main

import (
	"sync"

	"github.com/cespare/xxhash/v2"
)

// ledger is what all connections together have seen of each conversation's log: what stands at which seq, and up to where
// messages were acknowledged. Whoever sees something else at a seq has found a fault.
type ledger struct {
	mu   sync.Mutex
	logs map[string]*log
}

func newLedger() *ledger { return &ledger{logs: map[string]*log{}} }

// log answers the log of a conversation.
func (l *ledger) log(conversation string) *log {
	l.mu.Lock()
	defer l.mu.Unlock()
	found := l.logs[conversation]
	if found == nil {
		found = &log{conversation: conversation, entries: map[int64]uint64{}}
		l.logs[conversation] = found
	}
	return found
}

// log is one conversation.
type log struct {
	conversation string

	mu      sync.Mutex
	entries map[int64]uint64 // seq → hash of the clientMsgId that stands there
	acked   int64            // the highest seq that a sender was told
}

// saw notes what stands at a seq; false when something else was seen there before.
func (l *log) saw(seq int64, clientMsgID []byte) bool {
	hash := xxhash.Sum64(clientMsgID)
	l.mu.Lock()
	defer l.mu.Unlock()
	before, known := l.entries[seq]
	if !known {
		l.entries[seq] = hash
	}
	return !known || before == hash
}

// acknowledged notes that a sender was told that its message stands at a seq; false when something else was seen there.
func (l *log) acknowledged(seq int64, clientMsgID []byte) bool {
	l.mu.Lock()
	l.acked = max(l.acked, seq)
	l.mu.Unlock()
	return l.saw(seq, clientMsgID)
}

// head is the highest seq that was acknowledged.
func (l *log) head() int64 {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.acked
}

// position is how far one connection has come in a log; it belongs to the connection's reader.
type position struct {
	log *log
	seq int64 // the last one in order; negative: none is known yet, whatever comes first is taken
	// head is where the log stood when the connection took it up; what was on its way then is no repeat.
	head int64
}

// verdict is what an entry is to a connection.
type verdict int

const (
	inOrder verdict = iota
	repeat
	gap
)

// take moves the position by one entry that came.
func (p *position) take(seq int64) verdict {
	switch {
	case p.seq < 0 || seq == p.seq+1:
		p.seq = seq
		return inOrder
	case seq <= p.seq:
		return repeat
	}
	p.seq = seq
	return gap
}
