package store

import (
	"context"
	"slices"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"im-backend/common/model"
	"im-backend/common/model/imchat"
	"im-backend/common/proto/gen/logpb"
)

// EntriesFor is Entries without those that the user has deleted for itself.
func (s *Store) EntriesFor(ctx context.Context, user model.UserID, conversationID string, from, to int64, limit int, newest bool) ([]*logpb.Entry, error) {
	deleted := s.deletions(ctx, user).Select("1").
		Where("deleted_messages.conversation_id = messages.conversation_id AND deleted_messages.seq = messages.seq")
	return s.entries(s.db.WithContext(ctx).Where("NOT EXISTS (?)", deleted), conversationID, from, to, limit, newest)
}

func (s *Store) entries(q *gorm.DB, conversationID string, from, to int64, limit int, newest bool) ([]*logpb.Entry, error) {
	var rows []*imchat.Message
	err := q.Where("conversation_id = ? AND seq BETWEEN ? AND ?", conversationID, from, to).
		Order(clause.OrderByColumn{Column: clause.Column{Name: "seq"}, Desc: newest}).Limit(limit).Find(&rows).Error
	if err != nil {
		return nil, failed("read entries", err)
	}
	entries := make([]*logpb.Entry, len(rows))
	for i, m := range rows {
		entries[i] = Entry(m)
	}
	if newest {
		slices.Reverse(entries)
	}
	return entries, nil
}

func (s *Store) deletions(ctx context.Context, user model.UserID) *gorm.DB {
	return s.db.WithContext(ctx).Model(&imchat.DeletedMessage{}).Where("deleted_messages.user_id = ?", int64(user))
}

// DeletedAmong answers which of some entries a user has deleted for itself.
func (s *Store) DeletedAmong(ctx context.Context, user model.UserID, places []Place) (map[Place]bool, error) {
	deleted := map[Place]bool{}
	for some := range slices.Chunk(places, atATime) {
		args := make([]any, 0, 2*len(some))
		for _, p := range some {
			args = append(args, p.ConversationID, p.Seq)
		}
		var rows []Place
		err := s.deletions(ctx, user).Select("conversation_id, seq").
			Where("(conversation_id, seq) IN ("+values(s.db.SQLite)+tuples(len(some), 2)+")", args...).Find(&rows).Error
		if err != nil {
			return nil, failed("read deletions", err)
		}
		for _, p := range rows {
			deleted[p] = true
		}
	}
	return deleted, nil
}

// CountDeletedUnread answers how many of a user's unread entries it has deleted for itself, for each of some conversations.
func (s *Store) CountDeletedUnread(ctx context.Context, user model.UserID, views []*View) (map[string]int64, error) {
	counts := map[string]int64{}
	for some := range slices.Chunk(views, atATime) {
		args := make([]any, 0, 3*len(some))
		for _, v := range some {
			args = append(args, v.ConversationID, max(v.ReadSeq, v.Head.TrimmedSeq), v.Visible())
		}
		var rows []struct {
			ConversationID string
			Unread         int64
		}
		unread := strings.Repeat(" OR (conversation_id = ? AND seq > ? AND seq <= ?)", len(some))
		err := s.deletions(ctx, user).Select("conversation_id, COUNT(*) AS unread").
			Where("countable = ? AND ("+strings.TrimPrefix(unread, " OR ")+")", append([]any{true}, args...)...).
			Group("conversation_id").Find(&rows).Error
		if err != nil {
			return nil, failed("count deletions", err)
		}
		for _, r := range rows {
			counts[r.ConversationID] = r.Unread
		}
	}
	return counts, nil
}

// DeletedSince answers the entries of a conversation that a user has deleted for itself from a time on, ascending.
func (s *Store) DeletedSince(ctx context.Context, user model.UserID, conversationID string, since int64, limit int) ([]int64, error) {
	var seqs []int64
	err := s.deletions(ctx, user).Where("conversation_id = ? AND deleted_at >= ?", conversationID, since).
		Order("seq").Limit(limit).Pluck("seq", &seqs).Error
	if err != nil {
		return nil, failed("read deletions", err)
	}
	return seqs, nil
}
