package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
)

// gateway is one that lets clients in, unless it turns away, and answers their syncs, unless it is mute.
type gateway struct {
	turnsAway atomic.Int64 // handshakes that are refused from now on
	mute      bool
	pushes    []string // after the hello
	handshook atomic.Int64
}

// ServeHTTP implements http.Handler.
func (g *gateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	g.handshook.Add(1)
	if g.turnsAway.Add(-1) >= 0 {
		w.WriteHeader(http.StatusServiceUnavailable)
		_, _ = io.WriteString(w, `{"retryAfterMs":1}`)
		return
	}
	ws, err := (&websocket.Upgrader{}).Upgrade(w, r, nil)
	if err != nil {
		return
	}
	defer func() { _ = ws.Close() }()
	text := `{"type":"hello","data":{}}`
	for _, pushed := range g.pushes {
		if ws.WriteMessage(websocket.TextMessage, []byte(text)) != nil {
			return
		}
		text = pushed
	}
	for {
		if ws.WriteMessage(websocket.TextMessage, []byte(text)) != nil {
			return
		}
		for asked := false; !asked; asked = !g.mute {
			var request struct{ ID string }
			if ws.ReadJSON(&request) != nil {
				return
			}
			text = fmt.Sprintf(`{"id":%q,"type":"ok","data":{"conversations":[],"nextSince":"7"}}`, request.ID)
		}
	}
}

// broken is a world on a gateway, and connections of it that have ended.
func broken(t *testing.T, g *gateway, n int) (*world, []*socket) {
	t.Helper()
	server := httptest.NewServer(g)
	t.Cleanup(server.Close)
	w := newWorld(options{addresses: 1, sockets: []string{"ws" + strings.TrimPrefix(server.URL, "http")}}, &progress{out: &bytes.Buffer{}})
	t.Cleanup(w.close)
	var sockets []*socket
	for range n {
		ended := make(chan struct{})
		close(ended)
		sockets = append(sockets, &socket{
			world: w, person: &person{client: imclient.New(server.URL)}, positions: map[string]*position{}, ended: ended,
		})
	}
	return w, sockets
}

func TestConnectionsThatComeBackAreReplacedAndSynced(t *testing.T) {
	t.Parallel()
	g := &gateway{}
	g.turnsAway.Store(2)
	w, sockets := broken(t, g, 3)
	took, missing := w.comeBack(t.Context(), sockets, time.Minute)
	require.Zero(t, missing)
	require.Positive(t, took.Max)
	require.EqualValues(t, 5, g.handshook.Load(), "those that were turned away came again")
	for _, s := range sockets {
		require.Equal(t, "7", s.synced)
		require.False(t, s.hasEnded())
	}
	leaveAll(sockets)
	require.Empty(t, w.faults.byKind())
}

func TestWhatIsPushedBeforeTheCatchUpWaitsForIt(t *testing.T) {
	t.Parallel()
	w, sockets := broken(t, &gateway{pushes: []string{message(9, "live")}}, 1)
	sockets[0].positions["s:1:2"] = &position{log: w.ledger.log("s:1:2"), seq: 5, head: 5}
	s, err := w.dial(t.Context(), device{person: sockets[0].person, earlier: sockets[0]}, w.opts.sockets[0])
	require.NoError(t, err)
	require.Eventually(t, func() bool { return w.received.Load() > 0 }, time.Minute, time.Millisecond, "it has come")
	leaveAll([]*socket{s})
	require.Empty(t, w.faults.byKind(), "what was missed comes before it")
}

func TestWhoDoesNotComeBackIsGivenUpAndCounted(t *testing.T) {
	t.Parallel()
	closed := &gateway{}
	closed.turnsAway.Store(1 << 40)
	for name, g := range map[string]*gateway{"turned away": closed, "never synced": {mute: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, sockets := broken(t, g, 3)
			within, end := context.WithCancel(t.Context())
			defer end()
			w.readers.Go(func() { // the time is up when all have tried
				until(within, time.Minute, func() bool { return g.handshook.Load() >= 3 })
				end()
			})
			_, missing := w.comeBack(within, sockets, time.Hour)
			require.EqualValues(t, 3, missing)
			require.Equal(t, map[string]int64{faultClosed: 3}, w.faults.byKind())
			require.Equal(t, []*socket{nil, nil, nil}, sockets)
		})
	}
}

func TestComingBackHasABound(t *testing.T) {
	t.Parallel()
	w, sockets := broken(t, &gateway{mute: true}, 2)
	patient, end := context.WithTimeout(t.Context(), 30*time.Second)
	defer end()
	_, missing := w.comeBack(patient, sockets, 100*time.Millisecond)
	require.NoError(t, patient.Err(), "it waits for a sync that never comes")
	require.EqualValues(t, 2, missing)
	require.Equal(t, map[string]int64{faultClosed: 2}, w.faults.byKind())
}

func TestWhoReadNothingHasToBeClosedForThat(t *testing.T) {
	t.Parallel()
	slow := []error{
		&websocket.CloseError{Code: closeTooSlow}, &websocket.CloseError{Code: websocket.CloseAbnormalClosure}, io.ErrUnexpectedEOF,
		&net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}, fmt.Errorf("read: %w", &websocket.CloseError{Code: closeTooSlow}),
	}
	other := []error{
		&websocket.CloseError{Code: websocket.CloseGoingAway}, &websocket.CloseError{Code: 4001}, errors.New("another"),
	}
	w := newWorld(options{addresses: 1}, &progress{out: &bytes.Buffer{}})
	var sleepers []*socket
	for _, why := range append(slow, other...) {
		ended := make(chan struct{})
		close(ended)
		sleepers = append(sleepers, &socket{ended: ended, why: why})
	}
	require.Equal(t, len(slow), w.closedByServer(t.Context(), sleepers))
	require.Equal(t, map[string]int64{faultClosed: int64(len(other))}, w.faults.byKind())

	kept := &socket{ended: make(chan struct{})}
	over, end := context.WithCancel(t.Context())
	end()
	w = newWorld(options{addresses: 1}, &progress{out: &bytes.Buffer{}})
	require.Equal(t, 1, w.closedByServer(over, []*socket{kept, sleepers[0], kept}))
	require.Equal(t, map[string]int64{faultKept: 1}, w.faults.byKind())
}

func TestStartingAtTheHeadTakesEveryPageAndNoEntry(t *testing.T) {
	t.Parallel()
	s := silentSocket()
	for i, text := range []string{
		`{"conversations":[{"conversationId":"s:1:2","maxSeq":9,"messages":[{"seq":9}]}],"nextSince":"1","more":true}`,
		`{"conversations":[{"conversationId":"s:1:2","maxSeq":8},{"conversationId":"g:1","maxSeq":4}],"nextSince":"2"}`,
	} {
		page, err := pageOf(&answer{data: json.RawMessage(text)})
		require.NoError(t, err)
		require.Equal(t, i == 0, s.skipPage(page))
	}
	require.EqualValues(t, 9, s.positions["s:1:2"].seq)
	require.EqualValues(t, 4, s.positions["g:1"].head)
	for want, a := range map[error]*answer{errClosed: {lost: true}, errFailed: {reason: "X"}} {
		_, err := pageOf(a)
		require.ErrorIs(t, err, want)
	}
	_, err := pageOf(&answer{data: []byte("no JSON")})
	require.Error(t, err)
}
