package committer

import (
	"slices"

	"im-backend/chat-service/internal/store"
	"im-backend/common/model/imchat"
)

// expiry is what a batch does to the messages of a conversation that are recalled some time after they were read.
type expiry struct {
	added []*imchat.ExpiringMessage
	read  map[int64]int64 // by user, up to which entry: who writes has read what stands before
	ended []store.Place
}

// noteExpiry notes what a message does to those that expire: it may be one, and its sender has read the others.
func (l *log) noteExpiry(m *imchat.Message, lifetime int64) {
	if l.head.ExpiringSeq > 0 {
		if l.expiry.read == nil {
			l.expiry.read = map[int64]int64{}
		}
		l.expiry.read[m.SenderID] = m.Seq
	}
	if m.ExpireAfterRead = lifetime; lifetime > 0 {
		l.head.ExpiringSeq = m.Seq
		l.expiry.added = append(l.expiry.added, &imchat.ExpiringMessage{
			ConversationID: m.ConversationID, Seq: m.Seq, SenderID: m.SenderID, Lifetime: lifetime,
		})
	}
}

// endExpiry forgets a message that is recalled. With the last one the conversation becomes like any other again.
func (l *log) endExpiry(tx *store.Tx, m *imchat.Message) error {
	if m.ExpireAfterRead == 0 {
		return nil
	}
	l.expiry.ended = append(l.expiry.ended, store.Place{ConversationID: m.ConversationID, Seq: m.Seq})
	waiting, err := tx.ExpiringSeqs(m.ConversationID, len(l.expiry.ended)+1)
	if err != nil {
		return err
	}
	for _, a := range l.expiry.added {
		waiting = append(waiting, a.Seq)
	}
	left := slices.DeleteFunc(waiting, func(seq int64) bool {
		return slices.ContainsFunc(l.expiry.ended, func(at store.Place) bool { return at.Seq == seq })
	})
	if len(left) == 0 {
		l.head.ExpiringSeq = 0
	}
	return nil
}

// write stores it, after the rows of the members: see store.Tx.StartExpiry.
func (e expiry) write(tx *store.Tx, conversationID string, now int64) error {
	if len(e.added) > 0 {
		if err := tx.InsertExpiring(e.added); err != nil {
			return err
		}
	}
	var read []store.Reading
	for user, seq := range e.read {
		read = append(read, store.Reading{Membership: store.Membership{UserID: user, ConversationID: conversationID}, From: 1, To: seq})
	}
	if err := tx.StartExpiry(read, now); err != nil {
		return err
	}
	return tx.DeleteExpiring(e.ended)
}

// writeExpiry stores what the jobs did to messages that expire.
func (b *batch) writeExpiry(tx *store.Tx) error {
	for _, id := range b.ids {
		if l := b.logs[id]; l != nil {
			if err := l.expiry.write(tx, id, b.c.now().UnixMilli()); err != nil {
				return err
			}
		}
	}
	return nil
}
