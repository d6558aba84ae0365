package e2e_test

import (
	"context"
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
	"im-backend/common/utils/wire"
)

// connect opens a WebSocket on one of the gateways.
func (p *person) connect(gateway int) *imclient.Conn {
	p.t.Helper()
	urls := sys.WSURLs()
	return p.connectAt(urls[gateway%len(urls)])
}

// connectAt is connect to a gateway by its URL.
func (p *person) connectAt(url string) *imclient.Conn {
	p.t.Helper()
	conn, err := imclient.Dial(p.t.Context(), url, imclient.Bearer(p.Tokens().AccessToken))
	require.NoError(p.t, err)
	p.t.Cleanup(conn.Close)
	return conn
}

// next waits for an event of a type and drops others.
func next(t testing.TB, conn *imclient.Conn, kind string, into any) {
	t.Helper()
	timeout := time.After(15 * time.Second)
	for {
		select {
		case e, ok := <-conn.Events():
			require.True(t, ok, "the connection ended: %v", conn.Err())
			if e.Type == kind {
				require.NoError(t, json.Unmarshal(e.Data, into))
				return
			}
		case <-timeout:
			require.Fail(t, "no event "+kind)
		}
	}
}

func closeCode(t testing.TB, conn *imclient.Conn) int {
	t.Helper()
	timeout := time.After(15 * time.Second)
	for {
		select {
		case <-conn.Events():
			continue
		case <-conn.Done():
		case <-timeout:
			require.Fail(t, "the connection stays open")
		}
		var closed *imclient.CloseError
		require.ErrorAs(t, conn.Err(), &closed)
		return closed.Code
	}
}

func TestHelloComesFirst(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	conn := p.connect(0)
	hello := conn.Hello()
	require.Equal(t, p.id, hello.UserID)
	require.NotEmpty(t, hello.SessionID)
	require.NotEmpty(t, hello.DeviceID)
	require.NotEmpty(t, hello.ConnectionID)
	require.EqualValues(t, 30_000, hello.HeartbeatMs)
	var pong struct{ ServerTime int64 }
	require.NoError(t, conn.Request(t.Context(), "ping", nil, &pong))
	require.InDelta(t, time.Now().UnixMilli(), pong.ServerTime, 60_000)

	ticket, err := p.WSTicket(t.Context())
	require.NoError(t, err)
	withTicket, err := imclient.Dial(t.Context(), sys.WSURLs()[0], imclient.WithTicket(ticket.Ticket))
	require.NoError(t, err)
	withTicket.Close()
	_, err = imclient.Dial(t.Context(), sys.WSURLs()[0], imclient.WithTicket(ticket.Ticket))
	requireReason(t, err, http.StatusUnauthorized, "UNAUTHENTICATED")
	_, err = imclient.Dial(t.Context(), sys.WSURLs()[0], imclient.Bearer("nonsense"))
	requireReason(t, err, http.StatusUnauthorized, "UNAUTHENTICATED")
}

func TestAMessageReachesEveryDeviceOnEveryGateway(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	id := single(a, b)
	sender, other := a.connect(0), a.another("ios").connect(1)
	receivers := []*imclient.Conn{b.connect(0), b.connect(1), b.another("ios").connect(1), sender, other}
	m := imclient.Text("hello")
	m.ConversationID = id
	var sent imclient.Sent
	require.NoError(t, sender.Request(t.Context(), "message.send", m, &sent))
	require.Equal(t, id, sent.ConversationID)
	for _, conn := range receivers {
		var got wire.Message
		for got.Seq < sent.Seq { // friend.added may still be under way
			next(t, conn, "message", &got)
		}
		require.Equal(t, sent.Seq, got.Seq)
		require.Equal(t, sent.MessageID, got.MessageID)
		require.Equal(t, m.ClientMsgID, got.ClientMsgID)
		require.Equal(t, a.id, got.SenderID)
		require.Equal(t, sent.ServerTime, got.CreatedAt)
		require.JSONEq(t, `{"text":"hello"}`, string(got.Content))
	}
}

func TestRefusalsOverTheSocket(t *testing.T) {
	t.Parallel()
	a, stranger := newPerson(t), newPerson(t)
	conn := a.connect(0)
	m := imclient.Text("hello")
	m.ToUserID = stranger.id
	requireSocketReason(t, conn.Request(t.Context(), "message.send", m, nil), "NOT_FRIENDS")
	m.Type = "smoke-signal"
	requireSocketReason(t, conn.Request(t.Context(), "message.send", m, nil), "INVALID_ARGUMENT")
	requireSocketReason(t, conn.Request(t.Context(), "no.such.type", nil, nil), "INVALID_ARGUMENT")
	requireSocketReason(t, conn.Request(t.Context(), "conversation.read",
		map[string]any{"conversationId": "s:1:2", "seq": 1}, nil), "CONVERSATION_NOT_FOUND")
	require.NoError(t, conn.Write([]byte("not json")))
	require.NoError(t, conn.Request(t.Context(), "ping", nil, nil), "one malformed frame is forgiven")
	for range 10 {
		if conn.Write([]byte("not json")) != nil {
			break // it has ended by one of them
		}
	}
	require.Equal(t, 4503, closeCode(t, conn))
}

func requireSocketReason(t testing.TB, err error, reason string) {
	t.Helper()
	require.Error(t, err)
	require.Equal(t, reason, imclient.Reason(err), "%v", err)
}

func TestReadPositionsReachThePeerAndTheOtherDevices(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	id := single(a, b)
	sent := a.say(id, "read me")
	author, reader, phone := a.connect(0), b.connect(0), b.another("ios").connect(1)
	require.NoError(t, reader.Request(t.Context(), "conversation.read",
		map[string]any{"conversationId": id, "seq": sent.Seq}, nil))
	for _, conn := range []*imclient.Conn{author, phone} {
		var read struct {
			ConversationID, UserID string
			Seq                    int64
		}
		next(t, conn, "read", &read)
		require.Equal(t, id, read.ConversationID)
		require.Equal(t, b.id, read.UserID)
		require.Equal(t, sent.Seq, read.Seq)
	}
}

func TestAnEndedSessionIsKicked(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	phone := p.another("ios")
	onPhone, here := phone.connect(1), p.connect(0)
	var kicked struct{ Reason string }
	p.another("ios")
	next(t, onPhone, "kicked", &kicked)
	require.NotEmpty(t, kicked.Reason)
	require.Equal(t, 4502, closeCode(t, onPhone), "replaced by a login")

	began := time.Now()
	require.NoError(t, p.Logout(t.Context()))
	next(t, here, "kicked", &kicked)
	require.Equal(t, 4501, closeCode(t, here))
	require.Less(t, time.Since(began), 10*time.Second)
}

func TestSyncOverTheSocket(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	id := single(a, b)
	for range 30 {
		a.say(id, "missed")
	}
	conn := b.connect(1)
	var page imclient.SyncPage
	require.NoError(t, conn.Request(t.Context(), "sync", map[string]any{
		"conversations": []map[string]any{{"conversationId": id, "afterSeq": 3, "limit": 10}},
	}, &page))
	var named *imclient.SyncConversation
	for i := range page.Conversations {
		if page.Conversations[i].ConversationID == id {
			named = &page.Conversations[i]
		}
	}
	require.NotNil(t, named)
	require.Len(t, named.Messages, 10)
	require.EqualValues(t, 4, named.Messages[0].Seq, "after the named position, ascending")
	require.True(t, named.HasMore)
}

func TestAKickedMemberGetsNothingAfterTheKick(t *testing.T) {
	t.Parallel()
	p := people(t, 3)
	owner, victim, other := p[0], p[1], p[2]
	g, id := group(t, owner, victim, other)
	sockets := []*imclient.Conn{victim.connect(0), victim.connect(1)}
	ctx, stop := context.WithCancel(t.Context())
	flowing := make(chan struct{})
	go func() {
		defer close(flowing)
		for ctx.Err() == nil {
			other.say(id, "flowing")
		}
	}()
	var first wire.Message
	next(t, sockets[0], "message", &first)
	require.NoError(t, owner.RemoveMember(t.Context(), g.GroupID, victim.id))
	for range 20 {
		owner.say(id, "after the kick")
	}
	stop()
	<-flowing
	kick := len(victim.history(id))
	kickSeq := victim.history(id)[kick-1].Seq
	for _, conn := range sockets {
		var m wire.Message
		for m.Seq < kickSeq {
			next(t, conn, "message", &m)
		}
		require.NoError(t, conn.Request(t.Context(), "ping", nil, nil))
		// Another conversation's entry is pushed after everything before it.
		victim.say(single(victim, victim), "a note to self")
		next(t, conn, "message", &m)
		require.NotEqual(t, id, m.ConversationID, "seq %d came after the kick at %d", m.Seq, kickSeq)
	}
}
