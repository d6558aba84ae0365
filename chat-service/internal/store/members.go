package store

import (
	"database/sql"

	"im-backend/common/model/imchat"
)

// userConversationColumns are the columns that a new membership fills; settings keep their defaults.
const userConversationColumns = "user_id,conversation_id,min_seq,max_visible_seq,max_visible_count,past_windows,role," +
	"silenced_until,read_seq,read_count,delivered_seq,mention_seq,pinned_at,muted_until,hidden_before_seq,draft,updated_at," +
	"last_sent_at,joined_seq,left_at,older_windows_to"

// userConversationWidth is how many columns these are.
const userConversationWidth = 21

func userConversationArgs(rows []*imchat.UserConversation) []any {
	args := make([]any, 0, userConversationWidth*len(rows))
	for _, r := range rows {
		args = append(args, r.UserID, r.ConversationID, r.MinSeq, r.MaxVisibleSeq, r.MaxVisibleCount, r.PastWindows, r.Role,
			r.SilencedUntil, r.ReadSeq, r.ReadCount, r.DeliveredSeq, r.MentionSeq, r.PinnedAt, r.MutedUntil, r.HiddenBeforeSeq,
			r.Draft, r.UpdatedAt, r.LastSentAt, r.JoinedSeq, r.LeftAt, r.OlderWindowsTo)
	}
	return args
}

const memberColumns = "user_id,conversation_id,min_seq,max_visible_seq,max_visible_count,past_windows,role,silenced_until," +
	"read_seq,read_count,updated_at,last_sent_at,joined_seq,left_at,hidden_before_seq,deletions_at,older_windows_to"

func scanMember(rows *sql.Rows) (*imchat.UserConversation, error) {
	m := &imchat.UserConversation{}
	err := rows.Scan(&m.UserID, &m.ConversationID, &m.MinSeq, &m.MaxVisibleSeq, &m.MaxVisibleCount, &m.PastWindows, &m.Role,
		&m.SilencedUntil, &m.ReadSeq, &m.ReadCount, &m.UpdatedAt, &m.LastSentAt, &m.JoinedSeq, &m.LeftAt,
		&m.HiddenBeforeSeq, &m.DeletionsAt, &m.OlderWindowsTo)
	return m, err
}

// Members answers the present members of a locked conversation.
func (t *Tx) Members(conversationID string) ([]*imchat.UserConversation, error) {
	var members []*imchat.UserConversation
	err := t.query("read members", "SELECT "+memberColumns+" FROM user_conversations WHERE conversation_id=? AND max_visible_seq=0",
		[]any{conversationID}, func(rows *sql.Rows) error {
			m, err := scanMember(rows)
			members = append(members, m)
			return err
		})
	return members, err
}

// MembersByID answers the rows, of present and former members, that exist among the given users.
func (t *Tx) MembersByID(conversationID string, users []int64) (map[int64]*imchat.UserConversation, error) {
	found := make(map[int64]*imchat.UserConversation, len(users))
	const chunk = 1000
	for len(users) > 0 {
		n := min(chunk, len(users))
		args := []any{conversationID}
		for _, id := range users[:n] {
			args = append(args, id)
		}
		err := t.query("read members by id", "SELECT "+memberColumns+" FROM user_conversations WHERE conversation_id=? AND user_id IN "+
			tuples(1, n), args, func(rows *sql.Rows) error {
			m, err := scanMember(rows)
			found[m.UserID] = m
			return err
		})
		if err != nil {
			return nil, err
		}
		users = users[n:]
	}
	return found, nil
}

// SaveMembers makes memberships or moves their windows, roles, mutes and read positions; the user's own settings stay.
func (t *Tx) SaveMembers(rows []*imchat.UserConversation) error {
	set := t.setExcluded("min_seq", "max_visible_seq", "max_visible_count", "past_windows", "role", "silenced_until",
		"joined_seq", "left_at", "older_windows_to")
	set += ",updated_at=" + t.greatest("updated_at") + ",read_seq=" + t.greatest("read_seq") +
		",read_count=" + t.greatest("read_count") + ",mention_seq=" + t.greatest("mention_seq")
	return t.insert("save members", "INSERT INTO user_conversations ("+userConversationColumns+")", userConversationWidth,
		t.onConflict("user_id,conversation_id")+set, userConversationArgs(rows))
}

// Touch moves positions of members: reading by writing, when the last message was, and mentions. A position never goes back.
func (t *Tx) Touch(rows []*imchat.UserConversation) error {
	return t.insert("touch members", "INSERT INTO user_conversations ("+userConversationColumns+")", userConversationWidth,
		t.onConflict("user_id,conversation_id")+"read_seq="+t.greatest("read_seq")+",read_count="+t.greatest("read_count")+
			",mention_seq="+t.greatest("mention_seq")+",last_sent_at="+t.greatest("last_sent_at"), userConversationArgs(rows))
}
