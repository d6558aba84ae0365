package httpedge

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/utils/errs"
)

// through serves one request through Harden.
func through(r *http.Request, o Options, h http.HandlerFunc) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	Harden(h, o).ServeHTTP(w, r)
	return w
}

func plain() *http.Request { return httptest.NewRequest(http.MethodGet, "/x?token=secret", nil) }

func problemOf(t *testing.T, w *httptest.ResponseRecorder) Problem {
	t.Helper()
	require.Equal(t, "application/problem+json", w.Header().Get("Content-Type"))
	var p Problem
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &p))
	require.Equal(t, w.Code, p.Status)
	require.Equal(t, w.Header().Get(RequestIDHeader), p.RequestID)
	return p
}

func TestNativeRejectionsBecomeProblemsAndKeepTheirHeaders(t *testing.T) {
	t.Parallel()
	for status, reason := range map[int]string{
		400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "FORBIDDEN", 404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED",
		413: "PAYLOAD_TOO_LARGE", 418: "INVALID_ARGUMENT", 429: "RATE_LIMITED", 500: "INTERNAL", 503: "UNAVAILABLE", 504: "TIMEOUT",
	} {
		w := through(plain(), Options{}, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Allow", "PUT")
			http.Error(w, "native text", status)
		})
		require.Equal(t, status, w.Code)
		require.Equal(t, reason, problemOf(t, w).Reason)
		require.Equal(t, "PUT", w.Header().Get("Allow"))
		require.NotContains(t, w.Body.String(), "native text")
		require.Equal(t, status == 429 || status == 503, w.Header().Get("Retry-After") != "")
	}
}

func TestAProblemSaysWhenToTryAgain(t *testing.T) {
	t.Parallel()
	w := through(plain(), Options{}, func(w http.ResponseWriter, r *http.Request) {
		Fail(w, r, errs.ErrUnavailable.After(1250*time.Millisecond))
	})
	require.Equal(t, "2", w.Header().Get("Retry-After"), "whole seconds, not too early")
	require.EqualValues(t, 1250, problemOf(t, w).RetryAfterMs)
	w = through(plain(), Options{}, func(w http.ResponseWriter, r *http.Request) { Fail(w, r, errs.ErrUnavailable) })
	require.Equal(t, "1", w.Header().Get("Retry-After"))
	require.NotContains(t, w.Body.String(), "retryAfterMs")
}

func TestTheRequestIDIsTheTraceID(t *testing.T) {
	t.Parallel()
	r := plain()
	r.Header.Set("Traceparent", "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01")
	var seen string
	w := through(r, Options{}, func(w http.ResponseWriter, r *http.Request) { seen = RequestID(r.Context()); Reply(w, r, nil) })
	require.Equal(t, "0123456789abcdef0123456789abcdef", w.Header().Get(RequestIDHeader))
	require.Equal(t, w.Header().Get(RequestIDHeader), seen)
	require.Equal(t, http.StatusNoContent, w.Code)

	r = plain()
	r.Header.Set("Traceparent", "nonsense")
	a := through(r, Options{}, func(http.ResponseWriter, *http.Request) {}).Header().Get(RequestIDHeader)
	b := through(plain(), Options{}, func(http.ResponseWriter, *http.Request) {}).Header().Get(RequestIDHeader)
	require.Len(t, a, 32)
	require.NotEqual(t, a, b)
}

func TestAPanicIsAnswered(t *testing.T) {
	t.Parallel()
	w := through(plain(), Options{AccessLog: true}, func(http.ResponseWriter, *http.Request) { panic("secret") })
	require.Equal(t, "INTERNAL", problemOf(t, w).Reason)
	require.PanicsWithValue(t, http.ErrAbortHandler, func() {
		through(plain(), Options{}, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	})
	late := through(plain(), Options{}, func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("x")); panic("late") })
	require.Equal(t, "x", late.Body.String(), "an answer that began stays as it is")
}

func TestBodiesAreBounded(t *testing.T) {
	t.Parallel()
	o := Options{MaxBytes: 8}
	known := httptest.NewRequest(http.MethodPost, "/x", strings.NewReader(strings.Repeat("x", 9)))
	w := through(known, o, func(http.ResponseWriter, *http.Request) { panic("must not be called") })
	require.Equal(t, "PAYLOAD_TOO_LARGE", problemOf(t, w).Reason)
	chunked := httptest.NewRequest(http.MethodPost, "/x", io.MultiReader(strings.NewReader(strings.Repeat("x", 9))))
	chunked.ContentLength = -1
	var v struct {
		A int `json:"a"`
	}
	w = through(chunked, o, func(w http.ResponseWriter, r *http.Request) { Fail(w, r, Decode(r, &v)) })
	require.Equal(t, http.StatusRequestEntityTooLarge, w.Code)
}

func TestADeadlineHasNoExceptionsButRealUpgradesAndStreams(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		o        Options
		deadline bool
		upgrade  string
	}{
		{Options{Timeout: time.Minute}, true, ""},
		{Options{Timeout: time.Minute, Upgrade: true}, false, "websocket"},
		{Options{Timeout: time.Minute, Streams: func(r *http.Request) bool { return r.URL.Path == "/x" }}, false, ""},
		{Options{Timeout: time.Minute, Streams: func(r *http.Request) bool { return r.URL.Path == "/y" }}, true, ""},
	} {
		r := plain()
		r.Header.Set("Upgrade", "websocket")
		through(r, tc.o, func(_ http.ResponseWriter, r *http.Request) {
			_, bounded := r.Context().Deadline()
			require.Equal(t, tc.deadline, bounded)
			require.Equal(t, tc.upgrade, r.Header.Get("Upgrade"))
		})
	}
}

func TestReplyWritesJSONAsItIs(t *testing.T) {
	t.Parallel()
	w := through(plain(), Options{}, func(w http.ResponseWriter, r *http.Request) { Reply(w, r, map[string]string{"a": "<&>"}) })
	require.Equal(t, `{"a":"<&>"}`, w.Body.String())
	require.Equal(t, "no-store", w.Header().Get("Cache-Control"))
	w = through(plain(), Options{}, func(w http.ResponseWriter, r *http.Request) { Reply(w, r, make(chan int)) })
	require.Equal(t, "INTERNAL", problemOf(t, w).Reason)
}

func TestFailKeepsCausesInside(t *testing.T) {
	t.Parallel()
	w := through(plain(), Options{}, func(w http.ResponseWriter, r *http.Request) {
		SetUser(r.Context(), 7)
		Fail(w, r, errors.Join(errs.InvalidField("a", "bad").Because(io.EOF)))
	})
	p := problemOf(t, w)
	require.Equal(t, []errs.Field{{Field: "a", Message: "bad"}}, p.Fields)
	require.NotContains(t, w.Body.String(), "EOF")
	w = through(plain(), Options{}, func(w http.ResponseWriter, r *http.Request) { Fail(w, r, context.DeadlineExceeded) })
	require.Equal(t, "TIMEOUT", problemOf(t, w).Reason)
}
