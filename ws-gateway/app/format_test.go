package app

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"im-backend/common/proto/gen/logpb"
	"im-backend/common/proto/gen/wspb"
	"im-backend/ws-gateway/internal/frame"
	"im-backend/ws-gateway/internal/hub"
)

func TestTheClientsFirstKnownSubprotocolIsSpoken(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, nil)
	for _, tc := range []struct {
		asked  []string
		spoken string
	}{
		{nil, ""},
		{[]string{"other"}, ""},
		{[]string{"im.v1.json"}, "im.v1.json"},
		{[]string{"im.v1.proto"}, "im.v1.proto"},
		{[]string{"im.v1.json", "im.v1.proto"}, "im.v1.json"},
		{[]string{"other", "im.v1.proto", "im.v1.json"}, "im.v1.proto"},
	} {
		d := websocket.Dialer{Subprotocols: tc.asked}
		ws, _, err := d.Dial(w.url(), http.Header{"Authorization": {"Bearer token-1-1"}})
		require.NoError(t, err, tc.asked)
		require.Equal(t, tc.spoken, ws.Subprotocol(), tc.asked)
		c := &client{t: t, ws: ws}
		require.Equal(t, "hello", c.next().Type, tc.asked)
		require.Empty(t, c.fence())
		_ = ws.Close()
	}
}

// write sends a frame as it is.
func (c *client) write(payload []byte) {
	c.t.Helper()
	require.NoError(c.t, c.ws.WriteMessage(websocket.BinaryMessage, payload))
}

func clientFrame(t testing.TB, f *wspb.ClientFrame) []byte {
	t.Helper()
	payload, err := proto.Marshal(f)
	require.NoError(t, err)
	return payload
}

func TestTenMalformedProtoFramesCloseWith4503(t *testing.T) {
	t.Parallel()
	w := newWorldIn(t, dialect{protocol: "im.v1.proto"}, nil)
	c := w.connect("1", "1")
	later := protowire.AppendString(protowire.AppendTag([]byte("\x0a\x01u"), 500, protowire.BytesType), "data")
	for range 20 { // it is a request of a later version and not malformed
		c.write(later)
		r := c.next()
		require.Equal(t, "u", *r.ID)
		require.Equal(t, "INVALID_ARGUMENT", r.Error.Reason)
		require.Equal(t, "type", r.Error.Fields[0]["field"])
	}
	ping := &wspb.ClientFrame_Ping{Ping: &wspb.PingRequest{}}
	for _, tc := range []struct {
		payload []byte
		id      string
	}{
		{nil, ""},
		{[]byte(`{"id":"1","type":"ping"}`), ""},
		{[]byte("\xff"), ""},
		{clientFrame(t, &wspb.ClientFrame{Request: ping}), ""},
		{clientFrame(t, &wspb.ClientFrame{Id: strings.Repeat("x", 65), Request: ping}), ""},
		{clientFrame(t, &wspb.ClientFrame{Id: "n"}), "n"},
		{[]byte("\x0a\x01t\x1a\x05"), "t"},
		{[]byte("\x0a\x01v\x1a\x03\x0a\x01\xff"), "v"},
	} {
		c.write(tc.payload)
		r := c.next()
		require.Equal(t, "error", r.Type, "%q", tc.payload)
		require.Equal(t, "INVALID_ARGUMENT", r.Error.Reason, "%q", tc.payload)
		if tc.id == "" {
			require.Nil(t, r.ID, "%q", tc.payload)
		} else {
			require.Equal(t, tc.id, *r.ID, "%q", tc.payload)
		}
	}
	c.write(clientFrame(t, &wspb.ClientFrame{Id: strings.Repeat("é", 64), Request: ping}))
	require.Equal(t, "ok", c.next().Type)
	c.write([]byte("\xff"))
	require.Equal(t, "error", c.next().Type)
	require.Empty(t, c.fence())
	require.NoError(t, c.ws.WriteMessage(websocket.TextMessage, []byte(`{"id":"t","type":"ping"}`)))
	code, before := c.closeCode()
	require.Equal(t, 4503, code)
	require.Len(t, before, 1)
	require.Contains(t, before[0].Error.Message, "binary")
}

func TestRefusedProtoSendsKeepTheConnection(t *testing.T) {
	t.Parallel()
	w := newWorldIn(t, dialect{protocol: "im.v1.proto"}, nil)
	c := w.connect("1", "1")
	object := []byte(`{}`)
	for range 3 { // more than ten: none of them is malformed
		for _, in := range []*wspb.SendRequest{
			{ClientMsgId: "m", Type: "text", Content: object},
			{ClientMsgId: "m", Type: "text", Content: object, ToUserId: 2, GroupId: 3},
			{ClientMsgId: "m", Type: "text", Content: object, ToUserId: -2},
			{ClientMsgId: "m", Type: "text", Content: []byte(`"text"`), ToUserId: 2},
			{ClientMsgId: "m", Type: "text", Content: []byte("{\"text\":\"\xff\"}"), ToUserId: 2},
			{ClientMsgId: "m", Type: "refused", Content: object, ToUserId: 2},
		} {
			c.write(clientFrame(t, &wspb.ClientFrame{Id: "x", Request: &wspb.ClientFrame_Send{Send: in}}))
			r := c.next()
			require.Equal(t, "x", *r.ID, in)
			require.Equal(t, "INVALID_ARGUMENT", r.Error.Reason, in)
			require.False(t, r.Error.Retryable, in)
			require.NotEmpty(t, r.Error.Fields, in)
		}
	}
	require.Empty(t, c.fence())
}

// counting is an event of a room that counts its encodings by codec.
func counting(entry *logpb.Entry, plain map[frame.Codec]*atomic.Int32) *hub.Event {
	return &hub.Event{Room: entry.GetConversationId(), Seq: 2, Encode: func(c frame.Codec) []byte {
		plain[c].Add(1)
		return c.Message(entry)
	}}
}

func TestARoomEncodesAnEntryOnceInEachFormat(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) { c.Conn.Compression = true })
	var clients []*client
	join := func(d dialect, user, session string) {
		w.dialect = d
		clients = append(clients, w.connect(user, session))
	}
	for id, user := range map[int64]string{1: "1", 2: "2", 3: "3"} {
		w.member(id, "g:1", 1, 1)
		join(dialect{"im.v1.json", false}, user, user+"1")
		join(dialect{"im.v1.json", true}, user, user+"2")
	}
	entry := roomEntry("g:1", 2).GetEntry()
	entry.Content = []byte(`{"text":"` + strings.Repeat("x", 1000) + `"}`)
	js, pb := frame.JSON.Codec(), frame.Proto.Codec()
	made := map[frame.Codec]*atomic.Int32{js: {}, pb: {}}
	w.svc.Hub.Deliver(context.Background(), []*hub.Event{counting(entry, made)})
	require.EqualValues(t, 1, made[js].Load())
	require.Zero(t, made[pb].Load(), "nobody here needs it")

	for _, user := range []string{"1", "2", "3"} {
		join(dialect{"im.v1.proto", true}, user, user+"3")
		join(dialect{"im.v1.proto", false}, user, user+"4")
	}
	for _, c := range clients {
		c.fence()
	}
	w.svc.Hub.Deliver(context.Background(), []*hub.Event{counting(entry, made)})
	require.EqualValues(t, 2, made[js].Load())
	require.EqualValues(t, 1, made[pb].Load())
	var want reply
	for i, c := range clients {
		got := c.next()
		require.Equal(t, "message", got.Type)
		if i == 0 {
			want = got
		}
		require.JSONEq(t, string(want.Data), string(got.Data))
	}
}
