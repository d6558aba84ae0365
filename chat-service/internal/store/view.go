package store

import (
	"context"
	"errors"

	"gorm.io/gorm"

	"im-backend/common/model"
	"im-backend/common/model/imchat"
	"im-backend/common/utils/errs"
)

// View is a conversation as one user has it: the user's row and the head.
type View struct {
	imchat.UserConversation `gorm:"embedded"`
	Head                    imchat.Conversation `gorm:"embedded;embeddedPrefix:head_"`
	Stamp                   int64               // when it last changed for this user, unix milliseconds
}

// Visible is the last seq that the user may see.
func (v *View) Visible() int64 {
	if v.MaxVisibleSeq > 0 {
		return v.MaxVisibleSeq
	}
	return v.Head.MaxSeq
}

// VisibleCount is how many countable entries stand up to Visible.
func (v *View) VisibleCount() int64 {
	if v.MaxVisibleSeq > 0 {
		return v.MaxVisibleCount
	}
	return v.Head.MessageCount
}

const viewColumns = "uc.*, c.id AS head_id, c.type AS head_type, c.max_seq AS head_max_seq, c.message_count AS head_message_count," +
	" c.member_count AS head_member_count, c.mention_all_seq AS head_mention_all_seq, c.dismissed AS head_dismissed," +
	" c.updated_at AS head_updated_at, c.changed_seq AS head_changed_seq"

// moved is when a conversation's log moved for its user: what happens after a former member's window stays unknown to it.
const moved = "(CASE WHEN uc.max_visible_seq > 0 THEN 0 ELSE c.updated_at END)"

// stamp is when anything of a conversation changed for its user.
func (s *Store) stamp() string {
	if s.db.SQLite {
		return "MAX(uc.updated_at, " + moved + ")"
	}
	return "GREATEST(uc.updated_at, " + moved + ")"
}

func (s *Store) views(ctx context.Context, user model.UserID) *gorm.DB {
	return s.db.WithContext(ctx).Table("user_conversations uc").
		Joins("JOIN conversations c ON c.id = uc.conversation_id").
		Select(viewColumns+", "+s.stamp()+" AS stamp").
		Where("uc.user_id = ?", int64(user))
}

// View answers one conversation of a user. Errors: CONVERSATION_NOT_FOUND.
func (s *Store) View(ctx context.Context, user model.UserID, conversationID string) (*View, error) {
	var v View
	err := s.views(ctx, user).Where("uc.conversation_id = ?", conversationID).Take(&v).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, errs.ErrConversationNotFound
	}
	if err != nil {
		return nil, failed("read conversation", err)
	}
	return &v, nil
}

// ListCursor is a place in the order of ListViews: pinned ones first, then the newest first.
type ListCursor struct {
	Pinned bool   `json:"p"`
	Stamp  int64  `json:"s"`
	ID     string `json:"i"`
}

// ListViews answers a page of a user's conversations from a place on; the zero cursor is the start.
func (s *Store) ListViews(ctx context.Context, user model.UserID, after *ListCursor, limit int) ([]*View, error) {
	// Settings do not move a conversation in the list; only the log does, or leaving it.
	const order = "(CASE WHEN uc.max_visible_seq > 0 THEN uc.updated_at ELSE c.updated_at END)"
	q := s.views(ctx, user).Select(viewColumns + ", " + order + " AS stamp")
	if after != nil {
		pinned := 0
		if after.Pinned {
			pinned = 1
		}
		q = q.Where("((uc.pinned_at > 0) < ? OR ((uc.pinned_at > 0) = ? AND ("+order+" < ? OR ("+order+" = ? AND uc.conversation_id < ?))))",
			pinned, pinned, after.Stamp, after.Stamp, after.ID)
	}
	var views []*View
	err := q.Order("(uc.pinned_at > 0) DESC, " + order + " DESC, uc.conversation_id DESC").Limit(limit).Find(&views).Error
	if err != nil {
		return nil, failed("list conversations", err)
	}
	return views, nil
}

// ChangedViews answers a user's conversations that changed after a stamp, in order of (stamp, id); afterID continues inside a
// stamp.
func (s *Store) ChangedViews(ctx context.Context, user model.UserID, stamp int64, afterID string, limit int) ([]*View, error) {
	var views []*View
	at := s.stamp()
	err := s.views(ctx, user).
		Where("("+at+" > ? OR ("+at+" = ? AND uc.conversation_id > ?))", stamp, stamp, afterID).
		Order("stamp, uc.conversation_id").Limit(limit).Find(&views).Error
	if err != nil {
		return nil, failed("list changed conversations", err)
	}
	return views, nil
}

// NamedViews answers those of the given conversations that the user has.
func (s *Store) NamedViews(ctx context.Context, user model.UserID, ids []string) ([]*View, error) {
	var views []*View
	if err := s.views(ctx, user).Where("uc.conversation_id IN ?", ids).Find(&views).Error; err != nil {
		return nil, failed("read conversations", err)
	}
	return views, nil
}
