package store

import (
	"database/sql"

	"im-backend/common/model/imchat"
)

const targetColumns = "conversation_id,seq,message_id,sender_id,type,content,mentions,created_at,edited_at,recalled_at,change_seq,reacted_seq,expire_after_read"

// Targets answers those of the named entries that exist, as far as changing them needs.
func (t *Tx) Targets(places []Place) (map[Place]*imchat.Message, error) {
	found := make(map[Place]*imchat.Message, len(places))
	err := t.named("read targets", "SELECT "+targetColumns+" FROM messages WHERE (conversation_id,seq)", 2, placeArgs(places),
		func(rows *sql.Rows) error {
			m := &imchat.Message{}
			err := rows.Scan(&m.ConversationID, &m.Seq, &m.MessageID, &m.SenderID, &m.Type, &m.Content, &m.Mentions, &m.CreatedAt,
				&m.EditedAt, &m.RecalledAt, &m.ChangeSeq, &m.ReactedSeq, &m.ExpireAfterRead)
			found[Place{m.ConversationID, m.Seq}] = m
			return err
		})
	return found, err
}

// Memberships answers the rows, of present and former members, that exist among the named ones.
func (t *Tx) Memberships(names []Membership) (map[Membership]*imchat.UserConversation, error) {
	args := make([]any, 0, 2*len(names))
	for _, n := range names {
		args = append(args, n.UserID, n.ConversationID)
	}
	found := make(map[Membership]*imchat.UserConversation, len(names))
	err := t.named("read memberships", "SELECT "+memberColumns+" FROM user_conversations WHERE (user_id,conversation_id)", 2, args,
		func(rows *sql.Rows) error {
			m, err := scanMember(rows)
			found[Membership{m.UserID, m.ConversationID}] = m
			return err
		})
	return found, err
}

// Own names an entry as one user has it.
type Own struct {
	Membership
	Seq int64
}

// Deleted answers which of the named entries their users have deleted for themselves.
func (t *Tx) Deleted(names []Own) (map[Own]bool, error) {
	args := make([]any, 0, 3*len(names))
	for _, n := range names {
		args = append(args, n.UserID, n.ConversationID, n.Seq)
	}
	found := map[Own]bool{}
	err := t.named("read deletions", "SELECT user_id,conversation_id,seq FROM deleted_messages WHERE (user_id,conversation_id,seq)", 3, args,
		func(rows *sql.Rows) error {
			var o Own
			err := rows.Scan(&o.UserID, &o.ConversationID, &o.Seq)
			found[o] = true
			return err
		})
	return found, err
}

// named runs a query for rows that tuples of width marks name, some at a time.
func (t *Tx) named(what, query string, width int, args []any, scan func(*sql.Rows) error) error {
	for len(args) > 0 {
		n := min(atATime*width, len(args))
		err := t.query(what, query+" IN ("+values(t.sqlite)+tuples(n/width, width)+")", args[:n], scan)
		if err != nil {
			return err
		}
		args = args[n:]
	}
	return nil
}

func placeArgs(places []Place) []any {
	args := make([]any, 0, 2*len(places))
	for _, p := range places {
		args = append(args, p.ConversationID, p.Seq)
	}
	return args
}

// SaveTarget writes what a change has made of an entry.
func (t *Tx) SaveTarget(m *imchat.Message) error {
	return t.conn.Exec("save target", "UPDATE messages SET content=?,mentions=?,edited_at=?,recalled_at=?,change_seq=?,reacted_seq=?"+
		" WHERE conversation_id=? AND seq=?",
		[]any{m.Content, m.Mentions, m.EditedAt, m.RecalledAt, m.ChangeSeq, m.ReactedSeq, m.ConversationID, m.Seq})
}

// Forget removes what there is beside a recalled message: what it said before edits, here and in the entries of the edits,
// which get the given content, its reactions and its pin.
func (t *Tx) Forget(at Place, editContent []byte, now int64) error {
	key := []any{at.ConversationID, at.Seq}
	err := t.conn.Exec("empty edits", "UPDATE messages SET content=?,mentions='',recalled_at=? WHERE conversation_id=? AND seq IN"+
		" (SELECT edit_seq FROM message_edits WHERE conversation_id=? AND seq=?)",
		[]any{editContent, now, at.ConversationID, at.ConversationID, at.Seq})
	if err != nil {
		return err
	}
	for _, table := range []string{"message_edits", "message_reactions", "reaction_counts", "pinned_messages"} {
		if err := t.conn.Exec("forget "+table, "DELETE FROM "+table+" WHERE conversation_id=? AND seq=?", key); err != nil {
			return err
		}
	}
	return nil
}

// NoteEdit keeps what a message said until an edit.
func (t *Tx) NoteEdit(e *imchat.MessageEdit) error {
	return t.conn.Exec("note edit", "INSERT INTO message_edits (conversation_id,seq,edit_seq,content,mentions,written_at) VALUES (?,?,?,?,?,?)",
		[]any{e.ConversationID, e.Seq, e.EditSeq, e.Content, e.Mentions, e.WrittenAt})
}

// ReactionCounts answers the kinds of reactions of entries.
func (t *Tx) ReactionCounts(places []Place) (map[Place]map[string]*imchat.ReactionCount, error) {
	found := make(map[Place]map[string]*imchat.ReactionCount, len(places))
	err := t.named("count reactions", "SELECT conversation_id,seq,emoji,users,first_seq,last_seq FROM reaction_counts WHERE (conversation_id,seq)",
		2, placeArgs(places), func(rows *sql.Rows) error {
			c := &imchat.ReactionCount{}
			err := rows.Scan(&c.ConversationID, &c.Seq, &c.Emoji, &c.Users, &c.FirstSeq, &c.LastSeq)
			at := Place{c.ConversationID, c.Seq}
			if found[at] == nil {
				found[at] = map[string]*imchat.ReactionCount{}
			}
			found[at][c.Emoji] = c
			return err
		})
	return found, err
}

// Reactions answers which of the named reactions exist.
func (t *Tx) Reactions(names []imchat.MessageReaction) (map[imchat.MessageReaction]bool, error) {
	args := make([]any, 0, 4*len(names))
	for _, r := range names {
		args = append(args, r.ConversationID, r.Seq, r.Emoji, r.UserID)
	}
	found := make(map[imchat.MessageReaction]bool, len(names))
	err := t.named("read reactions", "SELECT conversation_id,seq,emoji,user_id FROM message_reactions WHERE (conversation_id,seq,emoji,user_id)",
		4, args, func(rows *sql.Rows) error {
			var r imchat.MessageReaction
			err := rows.Scan(&r.ConversationID, &r.Seq, &r.Emoji, &r.UserID)
			found[r] = true
			return err
		})
	return found, err
}

// SaveReaction adds a reaction, or takes it back, and saves the count of its kind, which is gone at zero.
func (t *Tx) SaveReaction(r imchat.MessageReaction, removed bool, c *imchat.ReactionCount) error {
	key := []any{r.ConversationID, r.Seq, r.Emoji}
	query := "INSERT INTO message_reactions (conversation_id,seq,emoji,user_id) VALUES (?,?,?,?)"
	if removed {
		query = "DELETE FROM message_reactions WHERE conversation_id=? AND seq=? AND emoji=? AND user_id=?"
	}
	if err := t.conn.Exec("save reaction", query, append(key[:3:3], r.UserID)); err != nil {
		return err
	}
	if c.Users == 0 {
		return t.conn.Exec("forget count", "DELETE FROM reaction_counts WHERE conversation_id=? AND seq=? AND emoji=?", key)
	}
	return t.insert("save count", "INSERT INTO reaction_counts (conversation_id,seq,emoji,users,first_seq,last_seq)", 6,
		t.onConflict("conversation_id,seq,emoji")+t.setExcluded("users", "last_seq"), append(key[:3:3], c.Users, c.FirstSeq, c.LastSeq))
}

// PinnedSeqs answers which messages of conversations are pinned.
func (t *Tx) PinnedSeqs(conversationIDs []string) (map[string]map[int64]bool, error) {
	args := make([]any, len(conversationIDs))
	found := make(map[string]map[int64]bool, len(conversationIDs))
	for i, id := range conversationIDs {
		args[i] = id
		found[id] = map[int64]bool{}
	}
	err := t.named("read pins", "SELECT conversation_id,seq FROM pinned_messages WHERE (conversation_id)", 1, args,
		func(rows *sql.Rows) error {
			var at Place
			err := rows.Scan(&at.ConversationID, &at.Seq)
			found[at.ConversationID][at.Seq] = true
			return err
		})
	return found, err
}

// Pin pins a message.
func (t *Tx) Pin(p *imchat.PinnedMessage) error {
	return t.conn.Exec("pin", "INSERT INTO pinned_messages (conversation_id,seq,pin_seq,pinned_by,pinned_at) VALUES (?,?,?,?,?)",
		[]any{p.ConversationID, p.Seq, p.PinSeq, p.PinnedBy, p.PinnedAt})
}

// Unpin takes a pin away.
func (t *Tx) Unpin(at Place) error {
	return t.conn.Exec("unpin", "DELETE FROM pinned_messages WHERE conversation_id=? AND seq=?", []any{at.ConversationID, at.Seq})
}

// InsertMentions notes whom messages mention; what is noted already stays.
func (t *Tx) InsertMentions(mentions []imchat.MessageMention) error {
	args := make([]any, 0, 3*len(mentions))
	for _, m := range mentions {
		args = append(args, m.ConversationID, m.UserID, m.Seq)
	}
	return t.insert("insert mentions", "INSERT INTO message_mentions (conversation_id,user_id,seq)", 3,
		t.onConflict("conversation_id,user_id,seq")+t.setExcluded("seq"), args)
}

// DeleteMentions forgets whom messages mentioned.
func (t *Tx) DeleteMentions(mentions []imchat.MessageMention) error {
	for _, m := range mentions {
		err := t.conn.Exec("delete mention", "DELETE FROM message_mentions WHERE conversation_id=? AND user_id=? AND seq=?",
			[]any{m.ConversationID, m.UserID, m.Seq})
		if err != nil {
			return err
		}
	}
	return nil
}
