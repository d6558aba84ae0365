package httpedge

import (
	"net/http"
	"strings"

	"im-backend/common/utils/errs"
)

// writer passes an answer on, but for errors that are no problem+json: go-zero's and net/http's own rejections, whose bodies
// are empty or plain text. It keeps their headers (Allow above all) and writes a problem instead.
type writer struct {
	http.ResponseWriter
	r        *http.Request
	status   int  // zero until the header is written
	replaced bool // the handler's own body is dropped
}

// Unwrap lets http.ResponseController reach the connection, for upgrades.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// WriteHeader implements http.ResponseWriter.
func (w *writer) WriteHeader(status int) {
	if w.status != 0 {
		return
	}
	if status < http.StatusBadRequest || strings.HasPrefix(w.Header().Get("Content-Type"), problemType) {
		if status >= http.StatusOK {
			w.status = status
		}
		w.ResponseWriter.WriteHeader(status)
		return
	}
	w.status, w.replaced = status, true
	writeProblem(w.ResponseWriter, w.r, native(status), status)
}

// Write implements http.ResponseWriter.
func (w *writer) Write(p []byte) (int, error) {
	if w.status == 0 {
		w.WriteHeader(http.StatusOK)
	}
	if w.replaced {
		return len(p), nil
	}
	return w.ResponseWriter.Write(p)
}

// native is the error behind a status that came without a reason.
func native(status int) *errs.Error {
	switch status {
	case http.StatusUnauthorized:
		return errs.ErrUnauthenticated
	case http.StatusForbidden:
		return errs.ErrForbidden
	case http.StatusNotFound:
		return errs.ErrNotFound
	case http.StatusMethodNotAllowed:
		return errs.ErrMethodNotAllowed
	case http.StatusRequestEntityTooLarge:
		return errs.ErrPayloadTooLarge
	case http.StatusTooManyRequests:
		return errs.ErrRateLimited
	case http.StatusServiceUnavailable:
		return errs.ErrUnavailable
	case http.StatusGatewayTimeout:
		return errs.ErrTimeout
	}
	if status < http.StatusInternalServerError {
		return errs.ErrInvalidArgument
	}
	return errs.ErrInternal
}
