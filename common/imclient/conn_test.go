package imclient

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient/fakeim"
)

func dial(t *testing.T, s *fakeim.Server) *Conn {
	t.Helper()
	conn, err := Dial(t.Context(), s.WS(), Bearer("access-0"))
	require.NoError(t, err)
	t.Cleanup(conn.Close)
	return conn
}

func TestAConnectionGreetsAnswersAndCloses(t *testing.T) {
	t.Parallel()
	s := fakeim.New(t)
	conn := dial(t, s)
	require.Equal(t, fakeim.UserID, conn.Hello().UserID)
	require.NoError(t, conn.Request(t.Context(), "ping", struct{}{}, nil))
	s.Push("typing", map[string]string{"userId": "8"})
	require.Equal(t, "typing", (<-conn.Events()).Type)
	require.NoError(t, conn.Err())
	conn.Close()
	conn.Close()
	<-conn.Done()
	_, open := <-conn.Events()
	require.False(t, open)
	require.Error(t, conn.Request(t.Context(), "ping", struct{}{}, nil))
}

func TestRequestsKeepTheirOrderWithoutWaiting(t *testing.T) {
	t.Parallel()
	s := fakeim.New(t)
	conn := dial(t, s)
	var calls []*Call
	for range 50 {
		m := Text("x")
		m.ToUserID = "8"
		call, err := conn.Start("message.send", m)
		require.NoError(t, err)
		calls = append(calls, call)
	}
	for i, call := range calls {
		var sent Sent
		require.NoError(t, call.Wait(t.Context(), &sent))
		require.EqualValues(t, i+1, sent.Seq)
	}
}

func TestRefusalsOfFramesAndHandshakes(t *testing.T) {
	t.Parallel()
	s := fakeim.New(t)
	_, err := Dial(t.Context(), s.WS(), WithTicket("bad"))
	require.Equal(t, "UNAUTHENTICATED", Reason(err))
	_, err = Dial(t.Context(), "ws://127.0.0.1:1/ws", Bearer("x"))
	require.Error(t, err)
	s.OnSend(func() fakeim.Fault { return fakeim.TryLater })
	err = dial(t, s).Request(t.Context(), "message.send", Text("x"), nil)
	var e *APIError
	require.ErrorAs(t, err, &e)
	require.True(t, e.Retryable)
	require.Equal(t, 5*time.Millisecond, e.RetryAfter)
}

func TestARefusedHandshakeSaysWhenToComeBack(t *testing.T) {
	t.Parallel()
	s := fakeim.New(t)
	for _, tc := range []struct {
		ms   int64
		want time.Duration
	}{{1250, 1250 * time.Millisecond}, {0, 2 * time.Second}} {
		s.RefuseHandshakes(1, 2, tc.ms)
		_, err := Dial(t.Context(), s.WS(), Bearer("access-0"))
		var e *APIError
		require.ErrorAs(t, err, &e)
		require.True(t, e.Retryable)
		require.Equal(t, tc.want, e.RetryAfter, "the body is more exact than the header")
	}
}

func TestTheEndOfAConnectionSaysWhy(t *testing.T) {
	t.Parallel()
	s := fakeim.New(t)
	kicked := dial(t, s)
	s.Close(4502, "replaced")
	<-kicked.Done()
	var closed *CloseError
	require.ErrorAs(t, kicked.Err(), &closed)
	require.Equal(t, CloseError{Code: 4502, Text: "replaced"}, *closed)
	require.True(t, closed.Terminal())

	broken := dial(t, s)
	s.OnSend(func() fakeim.Fault { return fakeim.LoseAnswer })
	err := broken.Request(t.Context(), "message.send", Text("x"), nil)
	require.ErrorAs(t, err, &closed)
	require.Equal(t, 1006, closed.Code)
	require.False(t, closed.Terminal())
	aborted := dial(t, s)
	aborted.Abort()
	<-aborted.Done()
}

func TestAWaitEndsWithItsContext(t *testing.T) {
	t.Parallel()
	conn := dial(t, fakeim.New(t))
	call := &Call{id: "never", conn: conn, answer: make(chan frame, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, call.Wait(ctx, nil), context.Canceled)
}
