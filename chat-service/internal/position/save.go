package position

import (
	"cmp"
	"context"
	"slices"

	"im-backend/chat-service/internal/push"
	"im-backend/chat-service/internal/store"
	"im-backend/common/model"
	"im-backend/common/utils/errs"
)

// save stores a batch, tells who is concerned, and then answers those who wait.
func (p *Position) save(batch []*move) {
	ctx, cancel := context.WithTimeout(context.Background(), p.config.Timeout)
	defer cancel()
	notices, err := p.persist(ctx, batch)
	if err == nil && len(notices) > 0 {
		p.notifier.Tell(ctx, notices...)
	}
	for _, m := range batch {
		if err != nil {
			m.err = err
		}
		close(m.stored)
	}
}

// persist reads what is known of the moves, decides which are moves, and stores them: three round trips, however many there are.
func (p *Position) persist(ctx context.Context, batch []*move) ([]push.Notice, error) {
	// In one order, so that transactions do not wait for each other in a circle.
	slices.SortFunc(batch, func(a, b *move) int {
		return cmp.Or(cmp.Compare(a.UserID, b.UserID), cmp.Compare(a.ConversationID, b.ConversationID))
	})
	asked := make([]store.Membership, len(batch))
	for i, m := range batch {
		asked[i] = m.Membership
	}
	views, err := p.store.ViewsOf(ctx, asked)
	if err != nil {
		return nil, err
	}
	known := make(map[store.Membership]*store.View, len(views))
	for _, v := range views {
		known[store.Membership{UserID: v.UserID, ConversationID: v.ConversationID}] = v
	}
	var places []store.Place
	for _, m := range batch {
		if at := m.decide(known[m.Membership]); at.Seq > 0 {
			places = append(places, at)
		}
	}
	counts, err := p.store.CountsUpTo(ctx, places)
	if err != nil {
		return nil, err
	}
	marks, notices := outcome(batch, known, counts)
	if len(marks.Moved) == 0 && len(marks.Unmark) == 0 {
		return nil, nil
	}
	return notices, p.store.SaveMarks(ctx, marks, p.now().UnixMilli())
}

// decide sets the positions after the move, and answers the entry up to which there is more to have been read; none has seq
// zero. A nil view is that of a conversation which the user does not have.
func (m *move) decide(v *store.View) store.Place {
	if v == nil {
		m.err = errs.ErrConversationNotFound
		return store.Place{}
	}
	m.readSeq = max(v.ReadSeq, min(m.read, v.Visible()))
	m.received = max(v.DeliveredSeq, m.readSeq, min(m.delivered, v.Visible()))
	if m.readSeq == v.ReadSeq {
		return store.Place{}
	}
	return store.Place{ConversationID: m.ConversationID, Seq: m.readSeq}
}

// outcome is what has to be stored and told.
func outcome(batch []*move, known map[store.Membership]*store.View, counts map[store.Place]int64) (store.Marks, []push.Notice) {
	var marks store.Marks
	var notices []push.Notice
	for _, m := range batch {
		v := known[m.Membership]
		if v == nil {
			continue
		}
		e := effectOf(m, v)
		e.mark(&marks, v, counts)
		if notice, tells := e.notice(); tells {
			notices = append(notices, notice)
		}
	}
	return marks, notices
}

// effect is what a move changes.
type effect struct {
	*move
	reads, receives, unmarks bool
	peer                     model.UserID
	hasPeer                  bool
}

func effectOf(m *move, v *store.View) effect {
	e := effect{
		move: m, reads: m.readSeq > v.ReadSeq, receives: m.received > max(v.DeliveredSeq, v.ReadSeq), unmarks: m.isRead && v.Marked(),
	}
	e.peer, e.hasPeer = peerOf(m)
	return e
}

// mark adds what has to be stored.
func (e effect) mark(marks *store.Marks, v *store.View, counts map[store.Place]int64) {
	if e.reads || e.receives {
		marks.Moved = append(marks.Moved, store.Mark{
			Membership: e.Membership, ReadSeq: e.readSeq, DeliveredSeq: e.received,
			ReadCount: counts[store.Place{ConversationID: e.ConversationID, Seq: e.readSeq}],
		})
		if e.hasPeer {
			marks.Touched = append(marks.Touched, store.Membership{UserID: int64(e.peer), ConversationID: e.ConversationID})
		}
	}
	if e.reads && v.Head.ExpiringSeq > v.ReadSeq {
		marks.Read = append(marks.Read, store.Reading{Membership: e.Membership, From: v.ReadSeq + 1, To: e.readSeq})
	}
	if e.unmarks {
		marks.Unmark = append(marks.Unmark, e.Membership)
	}
}

// notice is who is told of it, if anybody is.
func (e effect) notice() (n push.Notice, tells bool) {
	at := push.At{Conversation: e.ConversationID, User: model.UserID(e.UserID)}
	switch {
	case e.reads || e.unmarks:
		n = push.Notice{Users: []model.UserID{at.User}, Except: e.session, Read: &push.Moved{At: at, Seq: e.readSeq}}
		if e.hasPeer && e.reads {
			n.Users = append(n.Users, e.peer)
		}
		return n, true
	case e.receives && e.hasPeer:
		return push.Notice{Users: []model.UserID{e.peer}, Delivered: &push.Moved{At: at, Seq: e.received}}, true
	}
	return push.Notice{}, false
}

// peerOf is the other user of a single conversation; a conversation with oneself has none.
func peerOf(m *move) (model.UserID, bool) {
	parsed, err := model.ParseConversationID(m.ConversationID)
	if err != nil || parsed.Type != model.Single {
		return 0, false
	}
	peer := parsed.Peer(model.UserID(m.UserID))
	return peer, peer != model.UserID(m.UserID)
}
