package store

import (
	"context"
	"errors"
	"fmt"

	"gorm.io/gorm"

	"im-backend/common/model/imchat"
)

// Head reads a conversation; nil when there is none.
func (s *Store) Head(ctx context.Context, conversationID string) (*imchat.Conversation, error) {
	head := &imchat.Conversation{}
	err := s.db.WithContext(ctx).Where("id = ?", conversationID).Take(head).Error
	if errors.Is(err, gorm.ErrRecordNotFound) {
		return nil, nil //nolint:nilnil // there is none
	}
	if err != nil {
		return nil, failed("read conversation", err)
	}
	return head, nil
}

// MembersAfter lists the present members of a conversation by user id, from the one after a given id on.
func (s *Store) MembersAfter(ctx context.Context, conversationID string, after int64, limit int) ([]*imchat.UserConversation, error) {
	var rows []*imchat.UserConversation
	err := s.db.WithContext(ctx).Select("user_id", "role", "silenced_until").
		Where("conversation_id = ? AND user_id > ? AND max_visible_seq = 0", conversationID, after).Order("user_id").Limit(limit).
		Find(&rows).Error
	if err != nil {
		return nil, failed(fmt.Sprintf("dump members of %s", conversationID), err)
	}
	return rows, nil
}
