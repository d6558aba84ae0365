package imclient

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"im-backend/common/utils/wire"
)

// ConversationChange is what to change of one's own settings of a conversation; nil: as it is.
type ConversationChange struct {
	Pinned       *bool   `json:"pinned,omitempty"`
	MutedUntil   *int64  `json:"mutedUntil,omitempty"` // unix milliseconds; zero: not muted
	Draft        *string `json:"draft,omitempty"`
	MarkedUnread *bool   `json:"markedUnread,omitempty"`
	Archived     *bool   `json:"archived,omitempty"`
}

// Readers is who has read a message; Read is empty for groups of more than 500.
type Readers struct {
	Read        []string `json:"read"`
	ReadCount   int64    `json:"readCount"`
	UnreadCount int64    `json:"unreadCount"`
	NextCursor  string   `json:"nextCursor"`
}

// ArchivedConversations lists one's archived conversations, the newest first.
func (c *Client) ArchivedConversations(ctx context.Context, limit int, cursor string) (Page[wire.Conversation], error) {
	return list[wire.Conversation](ctx, c, "/v1/conversations", url.Values{"archived": {"true"}}, limit, cursor)
}

// UpdateConversation changes one's own settings of a conversation.
func (c *Client) UpdateConversation(ctx context.Context, id string, change ConversationChange) (wire.Conversation, error) {
	var got wire.Conversation
	err := c.Do(ctx, http.MethodPatch, conversationPath(id), change, &got)
	return got, err
}

// ClearConversation takes the history of a conversation up to now away from oneself alone.
func (c *Client) ClearConversation(ctx context.Context, id string) error {
	return c.Do(ctx, http.MethodDelete, conversationPath(id), nil, nil)
}

// HideConversation leaves a conversation out of one's lists until its next message.
func (c *Client) HideConversation(ctx context.Context, id string) error {
	return c.Do(ctx, http.MethodPost, conversationPath(id)+"/hide", nil, nil)
}

// DeleteMessages takes up to 100 messages away from oneself alone.
func (c *Client) DeleteMessages(ctx context.Context, id string, seqs ...int64) error {
	return c.Do(ctx, http.MethodDelete, conversationPath(id)+"/messages", map[string][]int64{"seqs": seqs}, nil)
}

// Readers answers a page of who has read a message.
func (c *Client) Readers(ctx context.Context, id string, seq int64, limit int, cursor string) (Readers, error) {
	var got Readers
	path := conversationPath(id) + "/messages/" + strconv.FormatInt(seq, 10) + "/readers?" + paging(url.Values{}, limit, cursor)
	err := c.Do(ctx, http.MethodGet, path, nil, &got)
	return got, err
}
