// Package types has the requests and answers of the HTTP API: types.go is generated from api/*.api, the rest is what .api
// cannot say.
package types

import (
	"encoding/json"
	"net/http"

	"im-backend/common/utils/wire"
)

// StatusCode makes registering answer 201.
func (*RegisterResponse) StatusCode() int { return http.StatusCreated }

// StatusCode makes a new friend request answer 201.
func (*CreatedFriendRequest) StatusCode() int { return http.StatusCreated }

// StatusCode makes a new group answer 201.
func (*CreatedGroup) StatusCode() int { return http.StatusCreated }

// StatusCode makes a new invite answer 201.
func (*CreatedInvite) StatusCode() int { return http.StatusCreated }

// JoinResult is what came of joining a group; exactly one of the two is there.
type JoinResult struct {
	Joined *Group
	Asked  *JoinRequest
}

// StatusCode is 200 for who is a member now and 201 for who has asked to be one.
func (r *JoinResult) StatusCode() int {
	if r.Asked != nil {
		return http.StatusCreated
	}
	return http.StatusOK
}

// MarshalJSON is the group or the request itself.
func (r *JoinResult) MarshalJSON() ([]byte, error) {
	if r.Asked != nil {
		return json.Marshal(r.Asked) //nolint:wrapcheck // whoever encodes the answer says so
	}
	return json.Marshal(r.Joined) //nolint:wrapcheck // as above
}

// SendResult is the answer to a send, which may have been there already.
type SendResult struct {
	SentMessage
	Repeated bool `json:"-"`
}

// StatusCode is 201 for a message that was stored now and 200 for one that was there.
func (r *SendResult) StatusCode() int {
	if r.Repeated {
		return http.StatusOK
	}
	return http.StatusCreated
}

// ConversationList is a page of conversations. The .api language has no raw JSON, so it stands here.
type ConversationList struct {
	Items      []wire.Conversation `json:"items"`
	NextCursor string              `json:"nextCursor"`
}

// MessageList is a page of a conversation's history, ascending by seq. HasMore is about the direction asked for.
type MessageList struct {
	Items      []json.RawMessage `json:"items"`
	NextCursor string            `json:"nextCursor"` // goes on in the direction asked for, as beforeSeq or afterSeq would
	HasMore    bool              `json:"hasMore"`
}

// Version is what a message said from a time on.
type Version struct {
	Content   json.RawMessage `json:"content"`
	Mentions  []string        `json:"mentions"`
	WrittenAt int64           `json:"writtenAt"`
}

// VersionList is all that a message has said, the present text last.
type VersionList struct {
	Items []Version `json:"items"`
}

// Pin is a pinned message.
type Pin struct {
	Message  json.RawMessage `json:"message"`
	PinnedBy string          `json:"pinnedBy"`
	PinnedAt int64           `json:"pinnedAt"`
}

// PinList is the pinned messages of a conversation, the latest pin first.
type PinList struct {
	Items []Pin `json:"items"`
}
