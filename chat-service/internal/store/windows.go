package store

import (
	"context"
	"database/sql"
	"slices"

	"im-backend/common/model/imchat"
)

const (
	olderWindowsColumns = "user_id,conversation_id,to_seq,windows"
	olderWindowsWidth   = 4
)

// SaveOlderWindows keeps past windows that members' rows do not have any more.
func (t *Tx) SaveOlderWindows(rows []imchat.OlderWindows) error {
	args := make([]any, 0, olderWindowsWidth*len(rows))
	for _, r := range rows {
		args = append(args, r.UserID, r.ConversationID, r.ToSeq, r.Windows)
	}
	return t.insert("save windows", "INSERT INTO older_windows ("+olderWindowsColumns+")", olderWindowsWidth, "", args)
}

// DeleteOlderWindows forgets the older windows of memberships.
func (t *Tx) DeleteOlderWindows(of []Membership) error {
	for _, m := range of {
		err := t.exec("delete windows", "DELETE FROM older_windows WHERE user_id=? AND conversation_id=?", []any{m.UserID, m.ConversationID})
		if err != nil {
			return err
		}
	}
	return nil
}

// OlderWindows answers, as PastWindows has them, the past windows that rows of members do not have themselves.
func (t *Tx) OlderWindows(rows map[Membership]*imchat.UserConversation) (map[Membership]string, error) {
	var args []any
	for m, row := range rows {
		if row.OlderWindowsTo > 0 {
			args = append(args, m.UserID, m.ConversationID)
		}
	}
	older := map[Membership]string{}
	var chunks []imchat.OlderWindows
	err := t.named("read windows", "SELECT "+olderWindowsColumns+" FROM older_windows WHERE (user_id,conversation_id)", 2, args,
		func(rows *sql.Rows) error {
			var r imchat.OlderWindows
			err := rows.Scan(&r.UserID, &r.ConversationID, &r.ToSeq, &r.Windows)
			chunks = append(chunks, r)
			return err
		})
	for _, chunk := range chunks {
		m := Membership{UserID: chunk.UserID, ConversationID: chunk.ConversationID}
		older[m] = joinWindows(older[m], chunk.Windows)
	}
	return older, err
}

// withOlder gives views all of their past windows. Only views of members who came back very often cost a query.
func (s *Store) withOlder(ctx context.Context, views []*View) error {
	of := map[Membership]*View{}
	var names []Membership
	for _, v := range views {
		if v.OlderWindowsTo > 0 {
			m := Membership{UserID: v.UserID, ConversationID: v.ConversationID}
			names, of[m] = append(names, m), v
		}
	}
	var chunks []imchat.OlderWindows
	for some := range slices.Chunk(names, atATime) {
		var rows []imchat.OlderWindows
		err := s.db.WithContext(ctx).Table("older_windows uc").Where(s.among(len(some)), pairs(some)...).
			Order("to_seq").Find(&rows).Error
		if err != nil {
			return failed("read windows", err)
		}
		chunks = append(chunks, rows...)
	}
	older := map[Membership]string{}
	for _, chunk := range chunks {
		m := Membership{UserID: chunk.UserID, ConversationID: chunk.ConversationID}
		if chunk.ToSeq <= of[m].OlderWindowsTo { // what moved out of the row since it was read is still in it
			older[m] = joinWindows(older[m], chunk.Windows)
		}
	}
	for m, v := range of {
		v.PastWindows = joinWindows(older[m], v.PastWindows)
	}
	return nil
}

// joinWindows appends windows in their text form to older ones.
func joinWindows(older, windows string) string {
	if older == "" {
		return windows
	}
	return older + "," + windows
}
