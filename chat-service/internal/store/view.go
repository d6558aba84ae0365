package store

import (
	"context"
	"errors"
	"slices"

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

// Unread is how many countable entries that are left stand after the read position.
func (v *View) Unread() int64 { return max(0, v.VisibleCount()-max(v.ReadCount, v.Head.TrimmedCount)) }

// Left is the first seq that is neither cleared by the user nor trimmed.
func (v *View) Left() int64 { return max(v.HiddenBeforeSeq, v.Head.TrimmedSeq+1) }

// First is the first seq of the user's last window that is left; it is beyond Visible when nothing is.
func (v *View) First() int64 { return max(v.MinSeq, v.Left()) }

// Hidden reports whether lists leave the conversation out until its next message.
func (v *View) Hidden() bool { return v.HiddenSeq > 0 && v.VisibleCount() <= v.HiddenCount }

// Marked reports whether the user has marked the conversation as unread and not read on since.
func (v *View) Marked() bool { return v.MarkedUnread == v.ReadSeq+1 }

const viewColumns = "uc.*, c.id AS head_id, c.type AS head_type, c.max_seq AS head_max_seq, c.message_count AS head_message_count," +
	" c.member_count AS head_member_count, c.mention_all_seq AS head_mention_all_seq, c.dismissed AS head_dismissed," +
	" c.updated_at AS head_updated_at, c.changed_seq AS head_changed_seq, c.expiring_seq AS head_expiring_seq," +
	" c.trimmed_seq AS head_trimmed_seq, c.trimmed_count AS head_trimmed_count," +
	" c.blocked_by_low AS head_blocked_by_low, c.blocked_by_high AS head_blocked_by_high"

// moved is when a conversation's log moved for its user: what happens after a former member's window stays unknown to it.
const moved = "(CASE WHEN uc.max_visible_seq > 0 THEN 0 ELSE c.updated_at END)"

// stamp is when anything of a conversation changed for its user.
func (s *Store) stamp() string {
	if s.db.SQLite {
		return "MAX(uc.updated_at, " + moved + ")"
	}
	return "GREATEST(uc.updated_at, " + moved + ")"
}

func (s *Store) allViews(ctx context.Context, hint string) *gorm.DB {
	return s.db.WithContext(ctx).Table("user_conversations uc" + hint).
		Joins("JOIN conversations c ON c.id = uc.conversation_id").
		Select(viewColumns + ", " + s.stamp() + " AS stamp")
}

func (s *Store) views(ctx context.Context, user model.UserID) *gorm.DB {
	return s.allViews(ctx, "").Where("uc.user_id = ?", int64(user))
}

// View answers one conversation of a user. Errors: CONVERSATION_NOT_FOUND.
func (s *Store) View(ctx context.Context, user model.UserID, conversationID string) (*View, error) {
	if _, err := model.ParseConversationID(conversationID); err != nil {
		return nil, errs.ErrConversationNotFound // MySQL compares no other characters with the column's
	}
	var v View
	err := s.views(ctx, user).Where("uc.conversation_id = ?", conversationID).Take(&v).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, errs.ErrConversationNotFound
	}
	if err != nil {
		return nil, failed("read conversation", err)
	}
	return &v, s.withOlder(ctx, []*View{&v})
}

// Listed is a conversation's place in a user's list.
type Listed struct {
	ConversationID string
	Pinned         bool
	Stamp          int64 // when its log last moved for the user, unix milliseconds
}

// ListPlaces answers all conversations of a user that its list shows, those that are archived or the others: pinned ones first,
// then the newest first. Settings do not move a conversation; only its log does, or leaving it.
func (s *Store) ListPlaces(ctx context.Context, user model.UserID, archived bool) ([]Listed, error) {
	const moved = "(CASE WHEN uc.max_visible_seq > 0 THEN uc.left_at ELSE c.updated_at END)"
	const count = "(CASE WHEN uc.max_visible_seq > 0 THEN uc.max_visible_count ELSE c.message_count END)"
	rows, err := s.db.WithContext(ctx).Table("user_conversations uc").
		Joins("JOIN conversations c ON c.id = uc.conversation_id").
		Select("uc.conversation_id, uc.pinned_at > 0 AS pinned, "+moved+" AS stamp").
		Where("uc.user_id = ? AND uc.archived = ? AND (uc.hidden_seq = 0 OR "+count+" > uc.hidden_count)", int64(user), archived).
		Order("pinned DESC, stamp DESC, uc.conversation_id DESC").Rows()
	if err != nil {
		return nil, failed("list conversations", err)
	}
	defer func() { _ = rows.Close() }()
	var places []Listed
	for rows.Next() { // without reflection: there may be thousands
		var p Listed
		if err := rows.Scan(&p.ConversationID, &p.Pinned, &p.Stamp); err != nil {
			return nil, failed("list conversations", err)
		}
		places = append(places, p)
	}
	if err := rows.Err(); err != nil {
		return nil, failed("list conversations", err)
	}
	return places, nil
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
	return views, s.withOlder(ctx, views)
}

// NamedViews answers those of the given conversations that the user has.
func (s *Store) NamedViews(ctx context.Context, user model.UserID, ids []string) ([]*View, error) {
	var views []*View
	ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		_, err := model.ParseConversationID(id)
		return err != nil
	})
	if err := s.views(ctx, user).Where("uc.conversation_id IN ?", ids).Find(&views).Error; err != nil {
		return nil, failed("read conversations", err)
	}
	return views, s.withOlder(ctx, views)
}

// ViewsOf answers the conversations of the memberships that exist.
func (s *Store) ViewsOf(ctx context.Context, memberships []Membership) ([]*View, error) {
	var views []*View
	for some := range slices.Chunk(memberships, atATime) {
		var rows []*View
		if err := s.allViews(ctx, byPrimary(s.db.SQLite)).Where(s.among(len(some)), pairs(some)...).Find(&rows).Error; err != nil {
			return nil, failed("read conversations", err)
		}
		views = append(views, rows...)
	}
	return views, s.withOlder(ctx, views)
}
