package imclient

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"im-backend/common/imclient/transcode"
)

// Call is a request whose answer is awaited.
type Call struct {
	id     string
	conn   *Conn
	answer chan frame // buffered: the reader never waits
}

// frame is anything that the server sends.
type frame struct {
	ID    string          `json:"id"`
	Type  string          `json:"type"`
	Data  json.RawMessage `json:"data"`
	Error json.RawMessage `json:"error"`
}

// Start sends a request and does not wait: requests started one after the other arrive in that order.
func (c *Conn) Start(kind string, data any) (*Call, error) {
	c.mu.Lock()
	if c.err != nil {
		defer c.mu.Unlock()
		return nil, c.err
	}
	c.last++
	call := &Call{id: strconv.FormatInt(c.last, 10), conn: c, answer: make(chan frame, 1)}
	c.calls[call.id] = call
	c.mu.Unlock()
	text, err := json.Marshal(map[string]any{"id": call.id, "type": kind, "data": data})
	if err == nil && c.protocol == Proto {
		text, err = transcode.Request(text)
	}
	if err == nil {
		err = c.Write(text)
	}
	if err != nil {
		call.forget()
		return nil, err
	}
	return call, nil
}

// Wait reads the answer into the value that into points to unless nil. A refusal is an *APIError; the end of the connection
// leaves it unknown whether the request was served.
func (call *Call) Wait(ctx context.Context, into any) error {
	defer call.forget()
	select {
	case f := <-call.answer:
		return f.decode(into)
	case <-ctx.Done():
		return fmt.Errorf("wait for answer: %w", ctx.Err())
	case <-call.conn.done:
	}
	select { // the answer may have come just before the end
	case f := <-call.answer:
		return f.decode(into)
	default:
		return call.conn.Err()
	}
}

func (call *Call) forget() {
	call.conn.mu.Lock()
	defer call.conn.mu.Unlock()
	delete(call.conn.calls, call.id)
}

// Request sends a request and waits for its answer.
func (c *Conn) Request(ctx context.Context, kind string, data, into any) error {
	call, err := c.Start(kind, data)
	if err != nil {
		return err
	}
	return call.Wait(ctx, into)
}

func (f frame) decode(into any) error {
	if f.Type == "error" {
		return frameError(f.Error)
	}
	if into == nil {
		return nil
	}
	if err := json.Unmarshal(f.Data, into); err != nil {
		return fmt.Errorf("decode answer: %w", err)
	}
	return nil
}

func frameError(text json.RawMessage) error {
	var e struct {
		Reason, Message string
		Retryable       bool
		RetryAfterMs    int64
		Fields          []Field
	}
	_ = json.Unmarshal(text, &e) // an error that cannot be read is one without a reason
	return &APIError{
		Reason: e.Reason, Detail: e.Message, Fields: e.Fields, Retryable: e.Retryable,
		RetryAfter: time.Duration(e.RetryAfterMs) * time.Millisecond,
	}
}
