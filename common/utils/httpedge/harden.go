package httpedge

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"path"
	"runtime/debug"
	"strings"
	"time"

	"github.com/zeromicro/go-zero/core/logc"

	"im-backend/common/utils/errs"
)

// Options are the bounds that Harden puts on every request.
type Options struct {
	MaxBytes  int64                      // of a body; zero: 1 MiB
	Timeout   time.Duration              // until a handler's context ends; zero: none
	Upgrade   bool                       // lets WebSocket upgrades through, without Timeout
	Streams   func(r *http.Request) bool // nil: none; whose answers bound themselves and get no Timeout
	AccessLog bool                       // logs one line for each request: never a query, a header or a body
}

// Harden is the outermost handler of a gateway. Every response gets an X-Request-Id, every error a problem+json body, be it
// go-zero's own 404, 405, 413 or 503, a timeout or a panic. Bodies are bounded, chunked ones too. The deadline is that of
// the request's context and has no exceptions: go-zero's own timeout is skipped for whoever sends "Upgrade: websocket" or
// "Accept: text/event-stream", which is why it is not used.
func Harden(next http.Handler, o Options) http.Handler {
	if o.MaxBytes == 0 {
		o.MaxBytes = maxBody
	}
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		start := time.Now()
		r, known := traced(r)
		rw.Header().Set(RequestIDHeader, known.requestID)
		rw.Header().Set("X-Content-Type-Options", "nosniff")
		w := &writer{ResponseWriter: rw, r: r}
		if o.AccessLog {
			defer func() { logAccess(r, w, known, start) }()
		}
		defer recoverPanic(w, r)
		serve(next, o, w, r)
	})
}

// serve refuses what is too large at once and calls the handler with its bounds.
func serve(next http.Handler, o Options, w *writer, r *http.Request) {
	if r.ContentLength > o.MaxBytes {
		w.Header().Set("Connection", "close") // the body will not be read
		Fail(w, r, errs.ErrPayloadTooLarge)
		return
	}
	r.Body = http.MaxBytesReader(w.ResponseWriter, r.Body, o.MaxBytes)
	upgrade := r.Header.Get("Upgrade") != ""
	if upgrade && !o.Upgrade {
		r.Header.Del("Upgrade")
	}
	streams := o.Streams != nil && o.Streams(r)
	if o.Timeout > 0 && !streams && (!upgrade || !o.Upgrade) {
		ctx, cancel := context.WithTimeout(r.Context(), o.Timeout)
		defer cancel()
		r = r.WithContext(ctx)
	}
	next.ServeHTTP(w, r)
}

// recoverPanic answers 500 when a handler panics; http.ErrAbortHandler goes on to net/http, as its contract is.
func recoverPanic(w *writer, r *http.Request) {
	p := recover()
	if p == nil {
		return
	}
	if err, ok := p.(error); ok && errors.Is(err, http.ErrAbortHandler) {
		panic(p)
	}
	if w.status == 0 {
		Fail(w, r, fmt.Errorf("panic: %v\n%s", p, debug.Stack()))
	}
}

func logAccess(r *http.Request, w *writer, known *info, start time.Time) {
	logc.Infow(r.Context(), "request", logc.Field("method", r.Method), logc.Field("path", loggedPath(r)),
		logc.Field("status", w.status), logc.Field("ms", time.Since(start).Milliseconds()),
		logc.Field("request_id", known.requestID), logc.Field("user_id", known.userID.Load()))
}

// invites is where the path of a request goes on with the code of an invite, which is as secret as a token.
const invites = "/v1/invites/"

// loggedPath is the path of a request as it may stand in a log. It is cleaned as the router does it.
func loggedPath(r *http.Request) string {
	rest, secret := strings.CutPrefix(path.Clean(r.URL.Path), invites)
	if !secret {
		return r.URL.EscapedPath()
	}
	if strings.HasSuffix(rest, "/join") {
		return invites + "*/join"
	}
	return invites + "*"
}
