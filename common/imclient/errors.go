package imclient

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// APIError is a refusal by the server, over HTTP or as the error frame of a WebSocket request.
type APIError struct {
	Status     int    // the HTTP status; zero for a frame
	Reason     string // UPPER_SNAKE; empty when the answer was no problem+json
	Detail     string
	Fields     []Field
	RequestID  string
	RetryAfter time.Duration // zero: no advice
	Retryable  bool          // the same request may succeed later
}

// Field is a bad field of a request.
type Field struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// Error implements error. A bad field that the detail tells of already is not told of again.
func (e *APIError) Error() string {
	text := []string{strings.TrimPrefix(e.Reason+": "+e.Detail, ": ")}
	for _, f := range e.Fields {
		if e.Detail == f.Field+": "+f.Message {
			continue
		}
		text = append(text, fmt.Sprintf("(%s %s)", f.Field, f.Message))
	}
	return strings.Join(text, " ")
}

// Reason is the reason of an APIError, empty for any other error.
func Reason(err error) string {
	var e *APIError
	if errors.As(err, &e) {
		return e.Reason
	}
	return ""
}

// readProblem makes an error of an HTTP answer.
func readProblem(resp *http.Response) error {
	const maxProblem = 64 << 10
	body, _ := io.ReadAll(io.LimitReader(resp.Body, maxProblem))
	var p struct {
		Reason, Detail, RequestID string
		RetryAfterMs              int64
		Fields                    []Field
	}
	e := &APIError{Status: resp.StatusCode, RequestID: resp.Header.Get("X-Request-Id")}
	if json.Unmarshal(body, &p) == nil {
		e.Reason, e.Detail, e.Fields = p.Reason, p.Detail, p.Fields
	} else {
		e.Detail = resp.Status
	}
	if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil {
		e.RetryAfter = time.Duration(seconds) * time.Second
	}
	if p.RetryAfterMs > 0 { // more exact, and spread over those who were refused together
		e.RetryAfter = time.Duration(p.RetryAfterMs) * time.Millisecond
	}
	switch resp.StatusCode {
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		e.Retryable = true
	}
	return e
}

// CloseError says how a WebSocket ended.
type CloseError struct {
	Code int // of the close frame; 1006 when the connection broke without one
	Text string
}

// Error implements error.
func (e *CloseError) Error() string { return fmt.Sprintf("connection closed: %d %s", e.Code, e.Text) }

// Terminal reports whether a client must not reconnect.
func (e *CloseError) Terminal() bool { return e.Code >= 4500 && e.Code < 5000 }
