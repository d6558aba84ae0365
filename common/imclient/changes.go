package imclient

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"im-backend/common/utils/wire"
)

// Recall empties a message for all and answers where the entry stands that says so.
func (c *Client) Recall(ctx context.Context, id string, seq int64) (Sent, error) {
	var got Sent
	err := c.Do(ctx, http.MethodPost, messagePath(id, seq)+"/recall", nil, &got)
	return got, err
}

// Edit puts another text in place of one's own and answers where the entry stands that says so.
func (c *Client) Edit(ctx context.Context, id string, seq int64, content any, mentions ...string) (Sent, error) {
	var got Sent
	body := map[string]any{"content": content}
	if len(mentions) > 0 {
		body["mentions"] = mentions
	}
	err := c.Do(ctx, http.MethodPatch, messagePath(id, seq), body, &got)
	return got, err
}

// Version is what a message said from a time on.
type Version struct {
	Content   json.RawMessage `json:"content"`
	Mentions  []string        `json:"mentions"`
	WrittenAt int64           `json:"writtenAt"`
}

// Edits answers all that a message has said, the present text last.
func (c *Client) Edits(ctx context.Context, id string, seq int64) ([]Version, error) {
	var got Page[Version]
	err := c.Do(ctx, http.MethodGet, messagePath(id, seq)+"/edits", nil, &got)
	return got.Items, err
}

// React adds one's reaction to a message: one emoji, or :name:.
func (c *Client) React(ctx context.Context, id string, seq int64, emoji string) error {
	return c.Do(ctx, http.MethodPut, messagePath(id, seq)+"/reactions/"+url.PathEscape(emoji), nil, nil)
}

// Unreact takes one's reaction back.
func (c *Client) Unreact(ctx context.Context, id string, seq int64, emoji string) error {
	return c.Do(ctx, http.MethodDelete, messagePath(id, seq)+"/reactions/"+url.PathEscape(emoji), nil, nil)
}

// Pin pins a message for all.
func (c *Client) Pin(ctx context.Context, id string, seq int64) error {
	return c.Do(ctx, http.MethodPut, pinPath(id, seq), nil, nil)
}

// Unpin takes a pin away.
func (c *Client) Unpin(ctx context.Context, id string, seq int64) error {
	return c.Do(ctx, http.MethodDelete, pinPath(id, seq), nil, nil)
}

// Pinned is a pinned message and who pinned it.
type Pinned struct {
	Message  wire.Message `json:"message"`
	PinnedBy string       `json:"pinnedBy"`
	PinnedAt int64        `json:"pinnedAt"`
}

// Pins answers the pinned messages of a conversation, the latest pin first.
func (c *Client) Pins(ctx context.Context, id string) ([]Pinned, error) {
	var got Page[Pinned]
	err := c.Do(ctx, http.MethodGet, conversationPath(id)+"/pins", nil, &got)
	return got.Items, err
}

// Forwarding says which messages to forward, where to, and how.
type Forwarding struct {
	From struct {
		ConversationID string  `json:"conversationId"`
		Seqs           []int64 `json:"seqs"` // ascending
	} `json:"from"`
	To          []string `json:"to"`
	Merge       bool     `json:"merge,omitempty"`
	Title       string   `json:"title,omitempty"`       // of the merged message
	ClientMsgID string   `json:"clientMsgId,omitempty"` // the same one again makes no second copies
}

// Forwarded is one copy, or why there is none.
type Forwarded struct {
	ConversationID string `json:"conversationId"`
	FromSeq        int64  `json:"fromSeq"` // zero: of a merged message
	MessageID      string `json:"messageId"`
	Seq            int64  `json:"seq"`
	Error          *struct {
		Reason  string `json:"reason"`
		Message string `json:"message"`
	} `json:"error"`
}

// Forward sends copies of messages to other conversations.
func (c *Client) Forward(ctx context.Context, f Forwarding) ([]Forwarded, error) {
	var got Page[Forwarded]
	err := c.Do(ctx, http.MethodPost, "/v1/messages/forward", f, &got)
	return got.Items, err
}

func messagePath(id string, seq int64) string {
	return conversationPath(id) + "/messages/" + strconv.FormatInt(seq, 10)
}

func pinPath(id string, seq int64) string {
	return conversationPath(id) + "/pins/" + strconv.FormatInt(seq, 10)
}
