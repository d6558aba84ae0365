package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"

	"im-backend/chat-service/internal/message"
	"im-backend/common/model"
	"im-backend/common/model/imchat"
)

// CountsUpTo answers how many countable entries stand up to each of some entries, itself included, in one round trip.
func (s *Store) CountsUpTo(ctx context.Context, places []Place) (map[Place]int64, error) {
	counts := make(map[Place]int64, len(places))
	for some := range slices.Chunk(places, atATime) {
		args := make([]any, 0, 2*len(some))
		for _, p := range some {
			args = append(args, p.ConversationID, p.Seq)
		}
		var rows []*imchat.Message
		err := s.db.WithContext(ctx).Select("conversation_id, seq, count_before, type").
			Where("(conversation_id, seq) IN ("+values(s.db.SQLite)+tuples(len(some), 2)+")", args...).Find(&rows).Error
		if err != nil {
			return nil, failed("count entries", err)
		}
		for _, m := range rows {
			count := m.CountBefore
			if countable(m.ConversationID, m.Type) {
				count++
			}
			counts[Place{m.ConversationID, m.Seq}] = count
		}
	}
	return counts, nil
}

// countable reports whether an entry counts for unread.
func countable(conversationID, kind string) bool {
	return message.Countable(model.ConversationType(conversationID[0]), kind)
}

// Mark is where a user's positions of a conversation are to be, at least.
type Mark struct {
	Membership
	ReadSeq      int64
	ReadCount    int64 // countable entries up to ReadSeq
	DeliveredSeq int64
}

// Marks is what SaveMarks stores.
type Marks struct {
	Moved   []Mark       // of rows that exist
	Unmark  []Membership // whose users have read what they had marked as unread
	Touched []Membership // to whom the change is to look like one of their own, for their sync
	Read    []Reading    // among what was read are messages that expire
}

// SaveMarks moves positions forward, all in one transaction; what stands further already stays. now is unix milliseconds.
func (s *Store) SaveMarks(ctx context.Context, m Marks, now int64) error {
	rows := make([]*imchat.UserConversation, len(m.Moved))
	for i, mark := range m.Moved {
		rows[i] = &imchat.UserConversation{
			UserID: mark.UserID, ConversationID: mark.ConversationID, ReadSeq: mark.ReadSeq, ReadCount: mark.ReadCount,
			DeliveredSeq: mark.DeliveredSeq, UpdatedAt: now,
		}
	}
	err := s.Commit(ctx, func(tx *Tx) error {
		if err := tx.lockMembers(m.rows()); err != nil {
			return err
		}
		if err := tx.advance(rows); err != nil {
			return err
		}
		later := "updated_at=" + s.later()
		if err := tx.update("unmark", "marked_unread=0,"+later, m.Unmark, now); err != nil {
			return err
		}
		if err := tx.update("touch peers", later, m.Touched, now); err != nil {
			return err
		}
		return tx.StartExpiry(m.Read, now)
	})
	if err != nil {
		return failed("save marks", err)
	}
	return nil
}

// rows are all that marks change, each once.
func (m Marks) rows() []Membership {
	rows := slices.Concat(m.Unmark, m.Touched)
	for _, mark := range m.Moved {
		rows = append(rows, mark.Membership)
	}
	slices.SortFunc(rows, Membership.compare)
	return slices.Compact(rows)
}

// compare is the order in which transactions lock rows of members, so that none waits for another one in a circle.
func (m Membership) compare(other Membership) int {
	return cmp.Or(cmp.Compare(m.UserID, other.UserID), cmp.Compare(m.ConversationID, other.ConversationID))
}

// lockQuery locks n rows of members in their order.
func lockQuery(n int) string {
	return "SELECT 1 FROM user_conversations" + byPrimary(false) + " WHERE (user_id, conversation_id) IN (" + tuples(n, 2) +
		") ORDER BY user_id, conversation_id FOR UPDATE"
}

// lockMembers holds sorted rows until the transaction ends; SQLite has one writer.
func (t *Tx) lockMembers(rows []Membership) error {
	if t.sqlite {
		return nil
	}
	for some := range slices.Chunk(rows, atATime) {
		if err := t.query("lock members", lockQuery(len(some)), pairs(some), func(*sql.Rows) error { return nil }); err != nil {
			return err
		}
	}
	return nil
}

// later is the next time of a row's change: of two changes in one millisecond it makes two times.
func (s *Store) later() string {
	if s.db.SQLite {
		return "MAX(updated_at+1, ?)"
	}
	return "GREATEST(updated_at+1, ?)"
}

// advance moves the positions of rows that exist. MySQL assigns from left to right, so what is compared is set last.
func (t *Tx) advance(rows []*imchat.UserConversation) error {
	moves := t.excluded("read_seq") + ">user_conversations.read_seq OR " +
		t.excluded("delivered_seq") + ">user_conversations.delivered_seq"
	larger := "GREATEST(user_conversations.updated_at+1," + t.excluded("updated_at") + ")"
	if t.sqlite {
		larger = "MAX(user_conversations.updated_at+1," + t.excluded("updated_at") + ")"
	}
	return t.insert("advance positions", "INSERT INTO user_conversations ("+userConversationColumns+")", userConversationWidth,
		t.onConflict("user_id,conversation_id")+
			"updated_at=CASE WHEN "+moves+" THEN "+larger+" ELSE user_conversations.updated_at END,"+
			"read_count="+t.greatest("read_count")+",read_seq="+t.greatest("read_seq")+",delivered_seq="+t.greatest("delivered_seq"),
		userConversationArgs(rows))
}

// update sets columns of the rows of memberships; now fills the only mark of set.
func (t *Tx) update(what, set string, rows []Membership, now int64) error {
	for some := range slices.Chunk(rows, atATime) {
		query := "UPDATE user_conversations" + byPrimary(t.sqlite) + " SET " + set + " WHERE (user_id, conversation_id) IN (" + values(t.sqlite) +
			tuples(len(some), 2) + ")"
		if err := t.conn.Exec(what, query, append([]any{now}, pairs(some)...)); err != nil {
			return err
		}
	}
	return nil
}

// PeerMarks are the positions of the peer of a single conversation.
type PeerMarks struct {
	ConversationID string
	ReadSeq        int64
	DeliveredSeq   int64
}

// PeerMarks answers the positions of the peers of a user's single conversations. What was read was delivered.
func (s *Store) PeerMarks(ctx context.Context, peers []Membership) (map[string]PeerMarks, error) {
	marks := make(map[string]PeerMarks, len(peers))
	for some := range slices.Chunk(peers, atATime) {
		var rows []PeerMarks
		err := s.db.WithContext(ctx).Table("user_conversations uc"+byPrimary(s.db.SQLite)).Select("uc.conversation_id, uc.read_seq, uc.delivered_seq").
			Where(s.among(len(some)), pairs(some)...).Find(&rows).Error
		if err != nil {
			return nil, failed("read peers' positions", err)
		}
		for _, r := range rows {
			r.DeliveredSeq = max(r.DeliveredSeq, r.ReadSeq)
			marks[r.ConversationID] = r
		}
	}
	return marks, nil
}
