package httpedge

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/zeromicro/go-zero/core/logc"

	"im-backend/common/utils/errs"
)

const problemType = "application/problem+json"

// Problem is the body of every error (RFC 9457).
type Problem struct {
	Type         string       `json:"type"`
	Title        string       `json:"title"`
	Status       int          `json:"status"`
	Reason       string       `json:"reason"`
	Detail       string       `json:"detail"`
	RequestID    string       `json:"requestId"`
	RetryAfterMs int64        `json:"retryAfterMs,omitempty"` // as Retry-After, which knows whole seconds only
	Fields       []errs.Field `json:"fields,omitempty"`
}

// statusCoder is an answer with a status of its own, such as 201 for what was created.
type statusCoder interface{ StatusCode() int }

// Reply writes a success: 204 when v is nil, v as JSON otherwise, with 200 or the status that v's StatusCode answers.
func Reply(w http.ResponseWriter, r *http.Request, v any) {
	w.Header().Set("Cache-Control", "no-store")
	if v == nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	body, err := encode(v)
	if err != nil {
		Fail(w, r, err)
		return
	}
	status := http.StatusOK
	if coder, ok := v.(statusCoder); ok {
		status = coder.StatusCode()
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body) // the caller is gone when this fails
}

// encode leaves <, > and & as they are: clients get the text that was sent.
func encode(v any) ([]byte, error) {
	var buf bytes.Buffer
	encoder := json.NewEncoder(&buf)
	encoder.SetEscapeHTML(false)
	err := encoder.Encode(v)
	return bytes.TrimRight(buf.Bytes(), "\n"), err
}

// Fail writes an error as a problem. It is the one place where a gateway logs a failed request: what is our own fault, once,
// with the request id and never with a body.
func Fail(w http.ResponseWriter, r *http.Request, err error) {
	e := errs.From(err)
	if e.Kind == errs.Internal && !errors.Is(r.Context().Err(), context.Canceled) {
		logc.Errorw(r.Context(), "request failed", logc.Field("method", r.Method), logc.Field("path", loggedPath(r)),
			logc.Field("request_id", RequestID(r.Context())), logc.Field("error", err.Error()))
	}
	writeProblem(w, r, e, e.Kind.HTTPStatus())
}

func writeProblem(w http.ResponseWriter, r *http.Request, e *errs.Error, status int) {
	body, _ := encode(Problem{ // strings and numbers always marshal
		Type: "about:blank", Title: http.StatusText(status), Status: status, Reason: e.Reason, Detail: e.Message,
		RequestID: RequestID(r.Context()), RetryAfterMs: e.RetryAfter.Milliseconds(), Fields: e.Fields,
	})
	h := w.Header()
	h.Set("Content-Type", problemType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("Cache-Control", "no-store")
	switch status {
	case http.StatusTooManyRequests, http.StatusServiceUnavailable:
		h.Set("Retry-After", retryAfter(e.RetryAfter))
	case http.StatusUnauthorized:
		h.Set("WWW-Authenticate", "Bearer")
	}
	w.WriteHeader(status)
	_, _ = w.Write(body) // the caller is gone when this fails
}

// retryAfter is in whole seconds, at least one.
func retryAfter(d time.Duration) string {
	return strconv.FormatInt(max(1, int64((d+time.Second-1)/time.Second)), 10)
}
