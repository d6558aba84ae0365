package store

import (
	"context"
	"slices"

	"gorm.io/gorm"

	"im-backend/common/model"
)

// RoomRow is an open window of a group.
type RoomRow struct {
	UserID         int64
	ConversationID string
	MinSeq         int64
	MaxSeq         int64
}

// Rooms answers the open group windows of users.
func (s *Store) Rooms(ctx context.Context, users []int64) ([]RoomRow, error) {
	var rows []RoomRow
	err := s.db.WithContext(ctx).Table("user_conversations uc").
		Joins("JOIN conversations c ON c.id = uc.conversation_id").
		Select("uc.user_id, uc.conversation_id, uc.min_seq, c.max_seq").
		Where("uc.user_id IN ? AND uc.max_visible_seq = 0 AND c.type = ?", users, string(rune(model.Group))).
		Find(&rows).Error
	if err != nil {
		return nil, failed("list rooms", err)
	}
	return rows, nil
}

// Window is a present member of a conversation and the first entry that it may see.
type Window struct {
	UserID int64
	MinSeq int64
}

// OpenWindows answers the present members of a conversation, at most limit.
func (s *Store) OpenWindows(ctx context.Context, conversationID string, limit int) ([]Window, error) {
	var windows []Window
	err := s.db.WithContext(ctx).Table("user_conversations").Select("user_id, min_seq").
		Where("conversation_id = ? AND max_visible_seq = 0", conversationID).Limit(limit).Find(&windows).Error
	if err != nil {
		return nil, failed("list members", err)
	}
	return windows, nil
}

// HeadRow is the last seq that a user may see of a conversation.
type HeadRow struct {
	UserID         int64
	ConversationID string
	Seq            int64
}

// atATime bounds the users or pairs of one statement.
const atATime = 500

func (s *Store) heads(ctx context.Context, hint string) *gorm.DB {
	return s.db.WithContext(ctx).Table("user_conversations uc" + hint).
		Joins("JOIN conversations c ON c.id = uc.conversation_id").
		Select("uc.user_id, uc.conversation_id, CASE WHEN uc.max_visible_seq > 0 THEN uc.max_visible_seq ELSE c.max_seq END AS seq")
}

// MovedHeads answers the heads of the users' conversations that changed after a stamp.
func (s *Store) MovedHeads(ctx context.Context, users []int64, stamp int64) ([]HeadRow, error) {
	var heads []HeadRow
	for some := range slices.Chunk(users, atATime) {
		var rows []HeadRow
		if err := s.heads(ctx, "").Where("uc.user_id IN ? AND "+s.stamp()+" > ?", some, stamp).Find(&rows).Error; err != nil {
			return nil, failed("read moved heads", err)
		}
		heads = append(heads, rows...)
	}
	return heads, nil
}

// Membership names a user's row of a conversation.
type Membership struct {
	UserID         int64
	ConversationID string
}

// byPrimary is what follows the name of user_conversations where among is the condition. MySQL takes longer to choose between
// two keys that both fit than to read by either: 15 ms for 200 memberships, and under one when it is told.
func byPrimary(sqlite bool) string {
	if sqlite {
		return ""
	}
	return " FORCE INDEX (PRIMARY)"
}

// among is the condition that a row uc is one of n memberships, whose marks pairs fills.
func (s *Store) among(n int) string {
	return "(uc.user_id, uc.conversation_id) IN (" + values(s.db.SQLite) + tuples(n, 2) + ")"
}

func pairs(memberships []Membership) []any {
	args := make([]any, 0, 2*len(memberships))
	for _, m := range memberships {
		args = append(args, m.UserID, m.ConversationID)
	}
	return args
}

// HeadsOf answers the heads of the memberships that exist.
func (s *Store) HeadsOf(ctx context.Context, memberships []Membership) ([]HeadRow, error) {
	var heads []HeadRow
	for some := range slices.Chunk(memberships, atATime) {
		var rows []HeadRow
		if err := s.heads(ctx, byPrimary(s.db.SQLite)).Where(s.among(len(some)), pairs(some)...).Find(&rows).Error; err != nil {
			return nil, failed("read heads", err)
		}
		heads = append(heads, rows...)
	}
	return heads, nil
}

// HeadsIn answers the heads of some conversations for those users who have them.
func (s *Store) HeadsIn(ctx context.Context, users []int64, conversations []string) ([]HeadRow, error) {
	var heads []HeadRow
	for some := range slices.Chunk(users, atATime) {
		var rows []HeadRow
		if err := s.heads(ctx, "").Where("uc.user_id IN ? AND uc.conversation_id IN ?", some, conversations).Find(&rows).Error; err != nil {
			return nil, failed("read heads", err)
		}
		heads = append(heads, rows...)
	}
	return heads, nil
}
