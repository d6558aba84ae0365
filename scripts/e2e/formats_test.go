package e2e_test

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"im-backend/common/imclient"
	"im-backend/common/utils/wire"
)

// connectIn is connect for a subprotocol.
func (p *person) connectIn(protocol imclient.Protocol, gateway int) *imclient.Conn {
	p.t.Helper()
	urls := sys.WSURLs()
	conn, err := imclient.Dial(p.t.Context(), urls[gateway%len(urls)], imclient.Bearer(p.Tokens().AccessToken), imclient.Speaking(protocol))
	require.NoError(p.t, err)
	p.t.Cleanup(conn.Close)
	return conn
}

// message waits for an entry of a conversation.
func message(t testing.TB, conn *imclient.Conn, id string, seq int64) wire.Message {
	t.Helper()
	var got wire.Message
	for got.ConversationID != id || got.Seq < seq { // friend.added may still be under way
		got = wire.Message{}
		next(t, conn, "message", &got)
	}
	return got
}

func TestADeviceInJSONAndOneInProtobufTalk(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	id := single(a, b)
	inJSON, inProto := a.connectIn(imclient.JSON, 0), b.connectIn(imclient.Proto, 1)
	require.Equal(t, b.id, inProto.Hello().UserID)
	require.EqualValues(t, 30_000, inProto.Hello().HeartbeatMs)
	for _, sender := range []*imclient.Conn{inJSON, inProto} {
		m := imclient.Text(`<hello> "ü"`)
		m.ConversationID, m.Mentions = id, []string{"all"}
		var sent imclient.Sent
		require.NoError(t, sender.Request(t.Context(), "message.send", m, &sent))
		require.Equal(t, id, sent.ConversationID)
		one, other := message(t, inJSON, id, sent.Seq), message(t, inProto, id, sent.Seq)
		require.Equal(t, sent.MessageID, one.MessageID)
		require.JSONEq(t, `{"text":"<hello> \"ü\""}`, string(one.Content))
		require.JSONEq(t, string(one.Content), string(other.Content))
		one.Content, other.Content = nil, nil
		require.Equal(t, one, other)
	}

	// Who sends has read: each reads what the other said last.
	for _, tc := range []struct {
		writer, reader *person
		reads, told    *imclient.Conn
	}{{a, b, inProto, inJSON}, {b, a, inJSON, inProto}} {
		seq := tc.writer.say(id, "read me").Seq
		var answer struct{ ReadSeq int64 }
		require.NoError(t, tc.reads.Request(t.Context(), "conversation.read", map[string]any{"conversationId": id, "seq": seq}, &answer))
		require.Equal(t, seq, answer.ReadSeq)
		var read struct {
			ConversationID, UserID string
			Seq                    int64
		}
		next(t, tc.told, "read", &read)
		require.Equal(t, id, read.ConversationID)
		require.Equal(t, tc.reader.id, read.UserID)
		require.Equal(t, seq, read.Seq)
	}
}

func TestRefusalsAreTheSameInProtobuf(t *testing.T) {
	t.Parallel()
	a, stranger := newPerson(t), newPerson(t)
	conn := a.connectIn(imclient.Proto, 0)
	m := imclient.Text("hello")
	m.ToUserID = stranger.id
	requireSocketReason(t, conn.Request(t.Context(), "message.send", m, nil), "NOT_FRIENDS")
	m.Type = "smoke-signal"
	requireSocketReason(t, conn.Request(t.Context(), "message.send", m, nil), "INVALID_ARGUMENT")
	requireSocketReason(t, conn.Request(t.Context(), "conversation.read",
		map[string]any{"conversationId": "s:1:2", "seq": 1}, nil), "CONVERSATION_NOT_FOUND")
	for range 10 {
		require.NoError(t, conn.Write([]byte("not protobuf")))
	}
	require.Equal(t, 4503, closeCode(t, conn))
}

func TestSyncSaysTheSameInBothFormats(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	id := single(a, b)
	for range 5 {
		a.say(id, "missed")
	}
	_, groupID := group(t, a, b)
	eventually(t, "the group is there", func(context.Context) bool { return len(b.history(groupID)) > 0 })
	ask := map[string]any{"conversations": []map[string]any{{"conversationId": id, "afterSeq": 2, "limit": 2}}}
	var one, other imclient.SyncPage
	require.NoError(t, b.connectIn(imclient.JSON, 0).Request(t.Context(), "sync", ask, &one))
	require.NoError(t, b.connectIn(imclient.Proto, 0).Request(t.Context(), "sync", ask, &other))
	require.NotEmpty(t, one.NextSince)
	one.NextSince, other.NextSince = "", ""
	require.Equal(t, one, other)
	require.GreaterOrEqual(t, len(one.Conversations), 2)
}

func TestADeviceInProtobufMissesNothing(t *testing.T) {
	t.Parallel()
	a, b := friends(t)
	id := single(a, b)
	for range 30 {
		a.say(id, "missed")
	}
	shown := make(chan wire.Message, 100)
	device := imclient.NewDevice(b.Client, imclient.DeviceOptions{
		Protocol: imclient.Proto,
		OnMessage: func(m wire.Message) {
			if m.ConversationID == id {
				shown <- m
			}
		},
	})
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); _ = device.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	m := imclient.Text("from the device")
	m.ConversationID = id
	sent, err := device.Send(t.Context(), m)
	require.NoError(t, err)
	for seq := int64(1); seq <= sent.Seq; seq++ {
		select {
		case m := <-shown:
			require.Equal(t, seq, m.Seq)
		case <-time.After(15 * time.Second):
			require.Fail(t, "a message is missing")
		}
	}
}
