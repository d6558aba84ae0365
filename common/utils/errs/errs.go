// Package errs is the one error model of the project: every failure that a client can meet is an Error with a stable
// reason. It says how an error travels over gRPC and which HTTP status it has; it does not log and does not write answers.
package errs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/zeromicro/go-zero/core/breaker"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Kind groups reasons by what the caller can do about them. It decides the gRPC code and the HTTP status.
type Kind int

// The kinds. Internal is the zero value: what nobody classified is our fault.
const (
	Internal Kind = iota
	Invalid
	Unauthenticated
	Forbidden
	NotFound
	Conflict
	TooLarge
	RateLimited
	Unavailable
	Timeout
	MethodNotAllowed
)

// Field names a bad field of a request.
type Field struct {
	Field   string `json:"field"`
	Message string `json:"message"`
}

// Error is a failure with a stable reason. Two errors are equal to errors.Is when their reasons are, so that a sentinel is
// recognised after a network hop.
type Error struct {
	Kind       Kind
	Reason     string        // UPPER_SNAKE, what programs read
	Message    string        // what people read; never a secret, never user text
	Fields     []Field       // for INVALID_ARGUMENT
	RetryAfter time.Duration // zero: no advice
	cause      error
}

// newError declares a reason; the table in reasons.go is the only caller.
func newError(kind Kind, reason, message string) *Error {
	e := &Error{Kind: kind, Reason: reason, Message: message}
	byReason[reason] = e
	return e
}

// Error implements error: the reason, the message and, for logs, the cause.
func (e *Error) Error() string {
	if e.cause != nil {
		return fmt.Sprintf("%s: %s: %v", e.Reason, e.Message, e.cause)
	}
	return e.Reason + ": " + e.Message
}

// Is reports whether target has the same reason.
func (e *Error) Is(target error) bool {
	t, ok := target.(*Error)
	return ok && t.Reason == e.Reason
}

// Unwrap answers the cause, which stays on this side of the network.
func (e *Error) Unwrap() error { return e.cause }

// Because is e with a cause for the logs.
func (e *Error) Because(cause error) *Error {
	c := *e
	c.cause = cause
	return &c
}

// After is e with advice when to try again.
func (e *Error) After(d time.Duration) *Error {
	c := *e
	c.RetryAfter = d
	return &c
}

// Saying is e with another message for people.
func (e *Error) Saying(message string) *Error {
	c := *e
	c.Message = message
	return &c
}

// InvalidField is ErrInvalidArgument for one field.
func InvalidField(field, message string) *Error {
	return InvalidFields(Field{Field: field, Message: message})
}

// InvalidFields is ErrInvalidArgument for several fields at once.
func InvalidFields(fields ...Field) *Error {
	c := *ErrInvalidArgument
	c.Fields = fields
	c.Message = fields[0].Field + ": " + fields[0].Message
	return &c
}

// From makes an Error of any error. Deadlines become ErrTimeout, open breakers ErrUnavailable, and what nobody classified
// ErrInternal with err as its cause. From(nil) is nil.
func From(err error) *Error {
	var e *Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &e):
		return e
	case errors.Is(err, context.DeadlineExceeded):
		return ErrTimeout.Because(err)
	case errors.Is(err, context.Canceled):
		return ErrTimeout.Because(err)
	case errors.Is(err, breaker.ErrServiceUnavailable):
		return ErrUnavailable.Because(err)
	}
	switch status.Code(err) { // of a stream's own errors
	case codes.Canceled, codes.DeadlineExceeded:
		return ErrTimeout.Because(err)
	case codes.Unavailable:
		return ErrUnavailable.Because(err)
	default:
		return ErrInternal.Because(err)
	}
}

// Retryable reports whether the same request may succeed later.
func Retryable(err error) bool {
	switch From(err).Kind {
	case RateLimited, Unavailable, Timeout:
		return true
	default:
		return false
	}
}
