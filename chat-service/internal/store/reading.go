package store

import (
	"context"
	"iter"
	"strconv"
	"strings"

	"im-backend/common/model"
	"im-backend/common/model/imchat"
)

// PastWindows answers the windows, both ends included, that a membership had before its present one, ascending.
func PastWindows(text string) iter.Seq2[int64, int64] {
	return func(yield func(from, to int64) bool) {
		for window := range strings.SplitSeq(text, ",") {
			a, b, ok := strings.Cut(window, "-")
			from, errFrom := strconv.ParseInt(a, 10, 64)
			to, errTo := strconv.ParseInt(b, 10, 64)
			if ok && errFrom == nil && errTo == nil && !yield(from, to) {
				return
			}
		}
	}
}

// Sees reports whether a present or former member may see an entry of a log that reaches up to head, as far as its own row says.
func Sees(m *imchat.UserConversation, seq, head int64) bool {
	if m.MaxVisibleSeq > 0 {
		head = m.MaxVisibleSeq
	}
	if m.MinSeq <= seq && seq <= head {
		return true
	}
	return Within(m.PastWindows, seq)
}

// Within reports whether past windows in their text form have an entry.
func Within(windows string, seq int64) bool {
	for from, to := range PastWindows(windows) {
		if from <= seq && seq <= to {
			return true
		}
	}
	return false
}

// Reaction is the reactions to an entry with one emoji, as one user sees them.
type Reaction struct {
	imchat.ReactionCount
	Mine bool
}

// Reactions answers the reactions to entries, in one round trip, those that came first first.
func (s *Store) Reactions(ctx context.Context, user model.UserID, places []Place) (map[Place][]Reaction, error) {
	found := make(map[Place][]Reaction, len(places))
	for len(places) > 0 {
		some := places[:min(atATime, len(places))]
		places = places[len(some):]
		var rows []Reaction
		err := s.db.WithContext(ctx).Table("reaction_counts c").
			Select("c.*, EXISTS (SELECT 1 FROM message_reactions r WHERE r.conversation_id = c.conversation_id AND r.seq = c.seq"+
				" AND r.emoji = c.emoji AND r.user_id = ?) AS mine", int64(user)).
			Where("(c.conversation_id, c.seq) IN ("+values(s.db.SQLite)+tuples(len(some), 2)+")", placeArgs(some)...).
			Order("c.first_seq, c.emoji").Find(&rows).Error
		if err != nil {
			return nil, failed("read reactions", err)
		}
		for _, r := range rows {
			at := Place{r.ConversationID, r.Seq}
			found[at] = append(found[at], r)
		}
	}
	return found, nil
}

// Edits answers what a message said until each of its edits after a seq, the oldest first.
func (s *Store) Edits(ctx context.Context, conversationID string, seqs []int64, after int64) ([]imchat.MessageEdit, error) {
	var rows []imchat.MessageEdit
	err := s.db.WithContext(ctx).Where("conversation_id = ? AND seq IN ? AND edit_seq > ?", conversationID, seqs, after).
		Order("seq, edit_seq").Find(&rows).Error
	if err != nil {
		return nil, failed("read edits", err)
	}
	return rows, nil
}

// Pins answers the pinned messages of a conversation, the latest pin first.
func (s *Store) Pins(ctx context.Context, conversationID string) ([]imchat.PinnedMessage, error) {
	var rows []imchat.PinnedMessage
	if err := s.db.WithContext(ctx).Where("conversation_id = ?", conversationID).Order("pin_seq DESC").Find(&rows).Error; err != nil {
		return nil, failed("read pins", err)
	}
	return rows, nil
}

// Mentioned is the unread mentions of a user in a conversation.
type Mentioned struct {
	ConversationID string
	Messages       int64
	First          int64 // seq
}

// Mentions counts a user's unread mentions, by name or of all, in some of its conversations; those with none are left out, and
// what the user has deleted for itself is.
func (s *Store) Mentions(ctx context.Context, user model.UserID, conversationIDs []string) (map[string]Mentioned, error) {
	if len(conversationIDs) == 0 {
		return nil, nil //nolint:nilnil // nothing was asked
	}
	var rows []Mentioned
	err := s.db.WithContext(ctx).Table("user_conversations uc").Joins("JOIN conversations c ON c.id = uc.conversation_id").
		Joins("JOIN message_mentions m ON m.conversation_id = uc.conversation_id AND m.user_id IN (0, uc.user_id)"+
			" AND m.seq > uc.read_seq AND m.seq > c.trimmed_seq AND m.seq >= uc.min_seq AND m.seq >= uc.hidden_before_seq AND (uc.max_visible_seq = 0 OR m.seq <= uc.max_visible_seq)").
		Select("uc.conversation_id, COUNT(DISTINCT m.seq) AS messages, MIN(m.seq) AS first").
		Where("uc.user_id = ? AND uc.conversation_id IN ?", int64(user), conversationIDs).
		Where("NOT EXISTS (SELECT 1 FROM deleted_messages d WHERE d.user_id = uc.user_id AND d.conversation_id = m.conversation_id" +
			" AND d.seq = m.seq)").
		Group("uc.conversation_id").Find(&rows).Error
	if err != nil {
		return nil, failed("count mentions", err)
	}
	found := make(map[string]Mentioned, len(rows))
	for _, r := range rows {
		found[r.ConversationID] = r
	}
	return found, nil
}
