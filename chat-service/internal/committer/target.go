package committer

import (
	"slices"

	"im-backend/chat-service/internal/message"
	"im-backend/chat-service/internal/store"
	"im-backend/common/model/imchat"
)

// changes is the working copy of what the changes of a batch need and make, as the earlier jobs of the batch have left it.
type changes struct {
	targets   map[store.Place]*imchat.Message
	own       // of those who change
	reactions map[imchat.MessageReaction]bool
	counts    map[store.Place]map[string]*imchat.ReactionCount // by emoji
	pins      map[string]map[int64]bool                        // seqs by conversation
	edits     map[store.Place][]*imchat.Message                // entries that this batch adds, by what they edit
	writes    []func(*store.Tx) error                          // in order
}

// readTargets reads, when there are changes, all that they need, with a fixed number of queries.
func (b *batch) readTargets(tx *store.Tx) (err error) {
	if b.changes = nil; !b.reads {
		return nil
	}
	var targets, reacted []store.Place
	var named []store.Own
	var reactions []imchat.MessageReaction
	var pinned []string
	for _, j := range b.jobs {
		c := j.Change
		if c == nil {
			continue
		}
		at := store.Place{ConversationID: j.To.ID, Seq: c.Target}
		targets = append(targets, at)
		named = append(named, changed(j))
		switch c.Kind {
		case message.Reaction:
			reacted = append(reacted, at)
			reactions = append(reactions, imchat.MessageReaction{ConversationID: j.To.ID, Seq: c.Target, Emoji: c.Emoji, UserID: int64(c.User)})
		case message.Pin:
			pinned = append(pinned, j.To.ID)
		}
	}
	c := &changes{edits: map[store.Place][]*imchat.Message{}}
	if c.targets, err = tx.Targets(targets); err != nil {
		return err
	}
	if c.own, err = readOwn(tx, named); err != nil {
		return err
	}
	if c.reactions, err = tx.Reactions(reactions); err != nil {
		return err
	}
	if c.counts, err = tx.ReactionCounts(reacted); err != nil {
		return err
	}
	if c.pins, err = tx.PinnedSeqs(pinned); err != nil {
		return err
	}
	b.changes = c
	return nil
}

// memberRow answers the membership of a job's user, as the earlier jobs of this batch have left it; nil for nobody.
func (b *batch) memberRow(l *log, j *Job) *imchat.UserConversation {
	if l == nil {
		return nil
	}
	if row := l.members[int64(j.Change.User)]; row != nil {
		return row
	}
	return b.changes.rows[changed(j).Membership]
}

// changed is what a job changes, as its user has it.
func changed(j *Job) store.Own {
	return store.Own{Membership: store.Membership{UserID: int64(j.Change.User), ConversationID: j.To.ID}, Seq: j.Change.Target}
}

// targetOf answers the message that a job changes; nil when its user may not see one there.
func (b *batch) targetOf(l *log, j *Job) *imchat.Message {
	at := store.Place{ConversationID: j.To.ID, Seq: j.Change.Target}
	m := b.changes.added(b, at)
	if m == nil {
		m = b.changes.targets[at]
	}
	if m == nil || !message.Is(m.Type) || m.Seq <= l.head.TrimmedSeq {
		return nil
	}
	if j.Change.System {
		return m
	}
	row := b.memberRow(l, j)
	if !b.changes.sees(row, m.Seq, l.head.MaxSeq) {
		return nil
	}
	takesBack := j.Change.Removed || j.Change.Kind == message.Recall // also what the user does not have itself any more
	if !takesBack && !b.changes.keeps(row, changed(j)) {
		return nil
	}
	return m
}

// added answers an entry that this batch adds.
func (c *changes) added(b *batch, at store.Place) *imchat.Message {
	i := slices.IndexFunc(b.messages, func(m *imchat.Message) bool { return m.Seq == at.Seq && m.ConversationID == at.ConversationID })
	if i < 0 {
		return nil
	}
	return b.messages[i]
}

// edited visits the edits of a message that this batch adds.
func (c *changes) edited(at store.Place, visit func(edit *imchat.Message)) {
	for _, edit := range c.edits[at] {
		visit(edit)
	}
}

// forget drops what is known beside a message.
func (c *changes) forget(at store.Place) {
	delete(c.counts, at)
	delete(c.pins[at.ConversationID], at.Seq)
	for r := range c.reactions {
		if r.ConversationID == at.ConversationID && r.Seq == at.Seq {
			delete(c.reactions, r)
		}
	}
}

// count moves the count of a reaction's kind and answers it.
func (c *changes) count(r imchat.MessageReaction, removed bool, seq int64) imchat.ReactionCount {
	at := store.Place{ConversationID: r.ConversationID, Seq: r.Seq}
	if c.counts[at] == nil {
		c.counts[at] = map[string]*imchat.ReactionCount{}
	}
	count := c.counts[at][r.Emoji]
	if count == nil {
		count = &imchat.ReactionCount{ConversationID: r.ConversationID, Seq: r.Seq, Emoji: r.Emoji, FirstSeq: seq}
		c.counts[at][r.Emoji] = count
	}
	count.LastSeq = seq
	if c.reactions[r] = !removed; removed {
		count.Users--
	} else {
		count.Users++
	}
	if count.Users == 0 {
		delete(c.counts[at], r.Emoji)
	}
	return *count
}

// then adds a write, which comes after those before it.
func (c *changes) then(write func(*store.Tx) error) { c.writes = append(c.writes, write) }

// save writes a target as it is now.
func (c *changes) save(target *imchat.Message) {
	row := *target
	c.then(func(tx *store.Tx) error { return tx.SaveTarget(&row) })
}

// write stores what the changes made, after the entries are stored.
func (c *changes) write(tx *store.Tx) error {
	if c == nil {
		return nil
	}
	for _, write := range c.writes {
		if err := write(tx); err != nil {
			return err
		}
	}
	return nil
}
