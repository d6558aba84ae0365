package imclient

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"im-backend/common/utils/wire"
)

// MessageSearch is what to look for; only Text has to be there.
type MessageSearch struct {
	Text           string
	ConversationID string
	SenderID       string
	Type           string
	Before         int64 // unix milliseconds
}

// SearchMessages finds messages that one may see, the newest first. A page before the end may be short, or empty.
func (c *Client) SearchMessages(ctx context.Context, s MessageSearch, limit int, cursor string) (Page[wire.Message], error) {
	query := url.Values{"q": {s.Text}}
	for name, value := range map[string]string{"conversationId": s.ConversationID, "senderId": s.SenderID, "type": s.Type} {
		if value != "" {
			query.Set(name, value)
		}
	}
	if s.Before != 0 {
		query.Set("before", strconv.FormatInt(s.Before, 10))
	}
	return list[wire.Message](ctx, c, "/v1/messages/search", query, limit, cursor)
}

// Scheduled is a message that waits for its time, or that was refused when it came.
type Scheduled struct {
	ScheduledID string `json:"scheduledId"`
	SendAt      int64  `json:"sendAt"` // unix milliseconds
	Message     struct {
		Outgoing
		Content json.RawMessage `json:"content"`
	} `json:"message"`
	Status    string `json:"status"` // pending, failed
	Reason    string `json:"reason"`
	CreatedAt int64  `json:"createdAt"` // unix milliseconds
}

// ScheduleMessage has a message sent at a time in unix milliseconds. Calling it again with the same ClientMsgID answers the first.
func (c *Client) ScheduleMessage(ctx context.Context, m Outgoing, sendAt int64) (Scheduled, error) {
	var got Scheduled
	err := c.Do(ctx, http.MethodPost, "/v1/scheduled-messages", map[string]any{"sendAt": sendAt, "message": m}, &got)
	return got, err
}

// ScheduledMessages lists what waits for its time or was refused.
func (c *Client) ScheduledMessages(ctx context.Context, limit int, cursor string) (Page[Scheduled], error) {
	return list[Scheduled](ctx, c, "/v1/scheduled-messages", nil, limit, cursor)
}

// CancelScheduled forgets a message that waits for its time, or one that was refused.
func (c *Client) CancelScheduled(ctx context.Context, id string) error {
	return c.Do(ctx, http.MethodDelete, "/v1/scheduled-messages/"+url.PathEscape(id), nil, nil)
}
