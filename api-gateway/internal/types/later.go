package types

import (
	"encoding/json"
	"net/http"
)

// FoundMessages is a page of the messages that a search found, the newest first. One before the end may be short, or empty.
type FoundMessages struct {
	Items      []json.RawMessage `json:"items"`
	NextCursor string            `json:"nextCursor"`
}

// ScheduledMessage is a message that waits for its time, or that was refused when it came.
type ScheduledMessage struct {
	ScheduledID string           `json:"scheduledId"`
	SendAt      int64            `json:"sendAt"` // unix milliseconds
	Message     ScheduledContent `json:"message"`
	Status      string           `json:"status"` // pending, failed
	Reason      string           `json:"reason,omitempty"`
	CreatedAt   int64            `json:"createdAt"` // unix milliseconds
}

// ScheduledContent is what a scheduled message says, and to whom.
type ScheduledContent struct {
	ClientMsgID    string          `json:"clientMsgId"`
	ConversationID string          `json:"conversationId,omitempty"`
	ToUserID       string          `json:"toUserId,omitempty"`
	GroupID        string          `json:"groupId,omitempty"`
	Type           string          `json:"type"`
	Content        json.RawMessage `json:"content"`
	ReplyToSeq     int64           `json:"replyToSeq,omitempty"`
	Mentions       []string        `json:"mentions,omitempty"`

	ExpireAfterRead int64 `json:"expireAfterRead,omitempty"` // seconds
}

// ScheduledMessageList is a page of one's scheduled messages.
type ScheduledMessageList struct {
	Items      []*ScheduledMessage `json:"items"`
	NextCursor string              `json:"nextCursor"`
}

// CreatedScheduledMessage is a new scheduled message.
type CreatedScheduledMessage ScheduledMessage

// StatusCode makes scheduling a message answer 201.
func (*CreatedScheduledMessage) StatusCode() int { return http.StatusCreated }
