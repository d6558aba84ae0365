package main

import (
	"context"
	"time"

	"im-backend/common/utils/jsonscan"
)

// sends is what a connection has sent to one conversation, to see that the order is kept.
type sends struct {
	next     int64 // number of the next send
	answered int64 // the highest number that was answered
	lastSeq  int64 // and where it stands
}

// nextSend numbers the sends of a connection.
func (s *socket) nextSend() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sends.next++
	return s.sends.next
}

// isSender reports whether the connection has sent anything.
func (s *socket) isSender() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.sends.next > 0
}

// stored takes the answer of the order-th send of a connection, which writes to one conversation only, and reports whether it
// was stored.
func (w *world) stored(s *socket, conversation string, order int64, clientMsgID []byte, a *answer) bool {
	switch {
	case a.lost:
		if !s.leaving.Load() {
			w.faults.add(faultUnanswered, "%s: the connection was lost", conversation)
		}
		return false
	case a.reason != "":
		w.faults.add(faultRefused, "%s: %s", conversation, a.reason)
		return false
	}
	var seq int64
	for key, value := range jsonscan.Members(a.data) {
		if string(key) == "seq" {
			seq, _ = jsonscan.Integer(value)
		}
	}
	if seq <= 0 {
		w.faults.add(faultMalformed, "an answer without a seq: %s", a.data)
		return false
	}
	s.mu.Lock()
	later, earlier := order > s.sends.answered, seq < s.sends.lastSeq
	if later {
		s.sends.answered = order
	}
	s.sends.lastSeq = max(s.sends.lastSeq, seq)
	s.mu.Unlock()
	if later == earlier {
		w.faults.add(faultDisordered, "%s: send %d stands at %d", conversation, order, seq)
	}
	if !w.ledger.log(conversation).acknowledged(seq, clientMsgID) {
		w.faults.add(faultForked, "%s %d is %s for its sender", conversation, seq, clientMsgID)
	}
	return true
}

// arrival bounds how long an acknowledged message may take to everybody.
const arrival = 20 * time.Second

// expect waits until connections have all that was acknowledged of a conversation, and counts what they do not get.
func (w *world) expect(ctx context.Context, conversation string, sockets ...*socket) {
	head := w.ledger.log(conversation).head()
	for _, s := range sockets {
		at := int64(0)
		if !until(ctx, arrival, func() bool { at = s.reached(ctx, conversation); return at >= head }) {
			w.faults.add(faultLost, "%s: the last %d of %d", conversation, head-at, head)
		}
	}
}

// reached is how far a connection has come in a conversation. Positions belong to the reader, so it is asked: a ping's answer
// is taken on its goroutine.
func (s *socket) reached(ctx context.Context, conversation string) int64 {
	at := make(chan int64, 1)
	s.request("ping", []byte("{}"), func(*answer) {
		if p := s.positions[conversation]; p != nil {
			at <- p.seq
			return
		}
		at <- 0
	})
	select {
	case seq := <-at:
		return seq
	case <-ctx.Done():
		return 0
	}
}
