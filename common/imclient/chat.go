package imclient

import (
	"context"
	"net/http"
	"net/url"
	"strconv"

	"im-backend/common/utils/wire"
)

// SendMessage stores a message over HTTP. Calling it again with the same ClientMsgID makes no second one.
func (c *Client) SendMessage(ctx context.Context, m Outgoing) (Sent, error) {
	var got Sent
	err := c.Do(ctx, http.MethodPost, "/v1/messages", m, &got)
	return got, err
}

// Conversations lists one's conversations, the newest first.
func (c *Client) Conversations(ctx context.Context, limit int, cursor string) (Page[wire.Conversation], error) {
	return list[wire.Conversation](ctx, c, "/v1/conversations", nil, limit, cursor)
}

// Conversation is one conversation.
func (c *Client) Conversation(ctx context.Context, id string) (wire.Conversation, error) {
	var got wire.Conversation
	err := c.Do(ctx, http.MethodGet, conversationPath(id), nil, &got)
	return got, err
}

// MarkRead moves one's read position forward.
func (c *Client) MarkRead(ctx context.Context, id string, seq int64) error {
	return c.Do(ctx, http.MethodPost, conversationPath(id)+"/read", map[string]int64{"seq": seq}, nil)
}

// HistoryAfter answers entries after a seq, ascending.
func (c *Client) HistoryAfter(ctx context.Context, id string, afterSeq int64, limit int) (History, error) {
	return c.history(ctx, id, url.Values{"afterSeq": {strconv.FormatInt(afterSeq, 10)}}, limit)
}

// HistoryBefore answers the newest entries before a seq, ascending; zero: the newest of all.
func (c *Client) HistoryBefore(ctx context.Context, id string, beforeSeq int64, limit int) (History, error) {
	query := url.Values{}
	if beforeSeq != 0 {
		query.Set("beforeSeq", strconv.FormatInt(beforeSeq, 10))
	}
	return c.history(ctx, id, query, limit)
}

func (c *Client) history(ctx context.Context, id string, query url.Values, limit int) (History, error) {
	var got History
	err := c.Do(ctx, http.MethodGet, conversationPath(id)+"/messages?"+paging(query, limit, ""), nil, &got)
	return got, err
}

// Sync answers a page of what changed since a token; an empty token: everything.
func (c *Client) Sync(ctx context.Context, since string, limit int) (SyncPage, error) {
	var got SyncPage
	err := c.Do(ctx, http.MethodGet, "/v1/sync?"+paging(url.Values{"since": {since}}, limit, ""), nil, &got)
	return got, err
}

func conversationPath(id string) string { return "/v1/conversations/" + url.PathEscape(id) }
