package store

import (
	"database/sql"
	"encoding/json"
	"fmt"

	"im-backend/common/model/imchat"
)

const conversationColumns = "id,type,max_seq,message_count,member_version,member_count,mention_all_seq,dismissed," +
	"friends,blocked_by_low,blocked_by_high,relation_version,updated_at,version," +
	"muted_all_until,slow_mode_seconds,mention_all_role,changed_seq,expiring_seq"

// conversationWidth is how many columns these are.
const conversationWidth = 19

// LockConversations reads the rows of the given conversations and holds them until the transaction ends. ids must be sorted,
// so that two transactions never wait for each other; what does not exist is missing in the answer.
func (t *Tx) LockConversations(ids []string) (map[string]*imchat.Conversation, error) {
	query := "SELECT " + conversationColumns + ",trimmed_seq FROM conversations WHERE id IN " + tuples(1, len(ids)) + " ORDER BY id"
	if !t.sqlite {
		query += " FOR UPDATE"
	}
	args := make([]any, len(ids))
	for i, id := range ids {
		args[i] = id
	}
	found := make(map[string]*imchat.Conversation, len(ids))
	err := t.query("lock conversations", query, args, func(rows *sql.Rows) error {
		c := &imchat.Conversation{}
		err := rows.Scan(&c.ID, &c.Type, &c.MaxSeq, &c.MessageCount, &c.MemberVersion, &c.MemberCount, &c.MentionAllSeq,
			&c.Dismissed, &c.Friends, &c.BlockedByLow, &c.BlockedByHigh, &c.RelationVersion, &c.UpdatedAt, &c.Version,
			&c.MutedAllUntil, &c.SlowModeSeconds, &c.MentionAllRole, &c.ChangedSeq, &c.ExpiringSeq, &c.TrimmedSeq)
		found[c.ID] = c
		return err
	})
	return found, err
}

// Sent names a send: its idempotency key.
type Sent struct {
	ConversationID string
	SenderID       int64
	ClientMsgID    string
}

// FindSent answers the entries that earlier sends of the given keys made.
func (t *Tx) FindSent(keys []Sent) (map[Sent]imchat.Message, error) {
	args := make([]any, 0, 3*len(keys))
	for _, k := range keys {
		args = append(args, k.ConversationID, k.SenderID, k.ClientMsgID)
	}
	found := map[Sent]imchat.Message{}
	err := t.query("find sent", "SELECT conversation_id,sender_id,client_msg_id,seq,message_id,fingerprint,created_at"+
		" FROM messages WHERE (conversation_id,sender_id,client_msg_id) IN ("+values(t.sqlite)+tuples(len(keys), 3)+")",
		args, func(rows *sql.Rows) error {
			var m imchat.Message
			err := rows.Scan(&m.ConversationID, &m.SenderID, &m.ClientMsgID, &m.Seq, &m.MessageID, &m.Fingerprint, &m.CreatedAt)
			found[Sent{m.ConversationID, m.SenderID, m.ClientMsgID}] = m
			return err
		})
	return found, err
}

// values is what SQLite wants before a list of row values.
func values(sqlite bool) string {
	if sqlite {
		return "VALUES "
	}
	return ""
}

// InsertConversations makes heads that do not exist yet; Commit answers ErrDuplicate when one does.
func (t *Tx) InsertConversations(heads []*imchat.Conversation) error {
	return t.insert("insert conversations", "INSERT INTO conversations ("+conversationColumns+")", conversationWidth, "",
		conversationArgs(heads))
}

// SaveConversations moves heads, each by one version, and locks those that are not locked yet, in their order. Commit answers
// ErrMoved when the stored version of one is not the one before: a NULL, which the column refuses, ends the transaction.
func (t *Tx) SaveConversations(heads []*imchat.Conversation) error {
	version := t.excluded("version")
	set := "version=CASE WHEN conversations.version+1=" + version + " THEN " + version + " END," +
		t.setExcluded("max_seq", "message_count", "member_version", "member_count", "mention_all_seq", "dismissed", "updated_at",
			"muted_all_until", "slow_mode_seconds", "mention_all_role", "changed_seq", "expiring_seq")
	return t.insert("save conversations", "INSERT INTO conversations ("+conversationColumns+")", conversationWidth,
		t.onConflict("id")+set, conversationArgs(heads))
}

func conversationArgs(heads []*imchat.Conversation) []any {
	args := make([]any, 0, conversationWidth*len(heads))
	for _, c := range heads {
		args = append(args, c.ID, c.Type, c.MaxSeq, c.MessageCount, c.MemberVersion, c.MemberCount, c.MentionAllSeq,
			c.Dismissed, c.Friends, c.BlockedByLow, c.BlockedByHigh, c.RelationVersion, c.UpdatedAt, c.Version,
			c.MutedAllUntil, c.SlowModeSeconds, c.MentionAllRole, c.ChangedSeq, c.ExpiringSeq)
	}
	return args
}

// InsertMessages appends entries; Commit answers ErrDuplicate when a send was stored before.
func (t *Tx) InsertMessages(messages []*imchat.Message) error {
	args := make([]any, 0, 16*len(messages))
	for _, m := range messages {
		var changes any
		if m.Changes != nil {
			changes = m.Changes
		}
		args = append(args, m.ConversationID, m.Seq, m.MessageID, m.SenderID, m.ClientMsgID, m.Fingerprint, m.Type, m.Content,
			m.ReplyToSeq, m.Mentions, changes, m.CountBefore, m.CreatedAt, m.EditedAt, m.RecalledAt, m.ExpireAfterRead)
	}
	return t.insert("insert messages", "INSERT INTO messages (conversation_id,seq,message_id,sender_id,client_msg_id,fingerprint,"+
		"type,content,reply_to_seq,mentions,changes,count_before,created_at,edited_at,recalled_at,expire_after_read)", 16, "", args)
}

// Range is a run of entries of one conversation.
type Range struct {
	ConversationID string `json:"c"`
	From           int64  `json:"f"`
	To             int64  `json:"t"`
}

// NoteOutbox remembers what a commit stored until Kafka has it.
func (t *Tx) NoteOutbox(id int64, ranges []Range, now int64) error {
	text, err := json.Marshal(ranges)
	if err != nil {
		return fmt.Errorf("note outbox: %w", err)
	}
	return t.exec("note outbox", "INSERT INTO outbox (id,ranges,created_at) VALUES (?,?,?)", []any{id, text, now})
}
