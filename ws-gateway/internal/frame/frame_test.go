package frame

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/utils/errs"
)

// payload takes a text frame apart as RFC 6455 says.
func payload(t testing.TB, f []byte) []byte {
	t.Helper()
	require.Equal(t, byte(0x80|websocket.TextMessage), f[0])
	n, at := int(f[1]), 2
	switch f[1] {
	case 126:
		n, at = int(f[2])<<8|int(f[3]), 4
	case 127:
		n, at = 0, 10
		for _, b := range f[2:10] {
			n = n<<8 | int(b)
		}
	}
	require.Len(t, f, at+n)
	return f[at:]
}

func TestTextFramesOfEverySize(t *testing.T) {
	t.Parallel()
	for _, n := range []int{0, 1, 125, 126, 127, 65535, 65536, 1 << 20} {
		want := bytes.Repeat([]byte("x"), n)
		require.Equal(t, want, append([]byte{}, payload(t, Text(want))...))
	}
}

func TestControlFrames(t *testing.T) {
	t.Parallel()
	code, ok := IsClose(Close(4002, strings.Repeat("r", 200)))
	require.True(t, ok)
	require.Equal(t, 4002, code)
	require.Len(t, Close(4002, strings.Repeat("r", 200)), 127)
	code, ok = IsClose(Close(0, ""))
	require.True(t, ok)
	require.Zero(t, code)
	_, ok = IsClose(Pong("x"))
	require.False(t, ok)
}

func TestAnswersAreJSON(t *testing.T) {
	t.Parallel()
	id := "a\"\\\n<\u2028é"
	for name, f := range map[string][]byte{
		"ping": Pinged(id, 1), "sent": Sent(id, &chatpb.SendResponse{ConversationId: id}), "read": WasRead(id, 2),
		"error": Failed(id, errs.InvalidFields(errs.Field{Field: id, Message: id}, errs.Field{Field: "b", Message: "c"})),
	} {
		var got struct{ ID, Type string }
		require.NoError(t, json.Unmarshal(payload(t, f), &got), name)
		require.Equal(t, id, got.ID, name)
	}
	require.JSONEq(t, `{"type":"error","error":{"reason":"RATE_LIMITED","message":"too many requests","retryable":true,"retryAfterMs":0}}`,
		string(payload(t, Failed("", errs.ErrRateLimited))))
	require.JSONEq(t, `{"type":"hello","data":{"userId":"1","sessionId":"2","deviceId":"d\"","connectionId":"c","heartbeatMs":3,"serverTime":4}}`,
		string(payload(t, Hello(Welcome{User: 1, Session: 2, Device: `d"`, ConnectionID: "c", HeartbeatMs: 3, ServerTime: 4}))))
	require.JSONEq(t, `{"type":"read","data":{"conversationId":"s:1:2","userId":"1","seq":9}}`, string(payload(t, Read("s:1:2", 1, 9))))
	require.JSONEq(t, `{"type":"kicked","data":{"reason":"SESSION_REVOKED"}}`, string(payload(t, Kicked(KickedRevoked))))
	require.JSONEq(t, `{"type":"goaway","data":{"reconnectAfterMs":5}}`, string(payload(t, GoAway(5))))
	page, err := Synced(id, &chatpb.SyncResponse{More: true})
	require.NoError(t, err)
	require.Contains(t, string(payload(t, page)), `"conversations":[],"nextSince":"","more":true`)
}

func TestDecodeToleratesWhatJSONAllows(t *testing.T) {
	t.Parallel()
	req, err := Decode([]byte(" \n{ \"x\" : [1,{\"a\":\"}\"},\"]\"] , \"data\" : null ,\"type\":\"p\\u0069ng\",\"id\":\"\\\"\"\t} "))
	require.NoError(t, err)
	require.Equal(t, Request{ID: `"`, Type: "ping"}, req)
	req, err = Decode([]byte(`{"id":"` + strings.Repeat("é", 64) + `","type":"x","data":{}}`))
	require.NoError(t, err)
	require.Equal(t, []byte("{}"), req.Data)
}

func TestDecodeSendKeepsNumbersAndBytes(t *testing.T) {
	t.Parallel()
	in, err := DecodeSend(9, []byte(`{"content":{ "n" : 1e400, "t":"\u0041" },"groupId":"5","clientMsgId":"\u0041","mentions":null}`))
	require.NoError(t, err)
	require.Equal(t, "g:5", in.Conversation)
	require.Equal(t, "A", in.Message.GetClientMsgId())
	require.Equal(t, `{ "n" : 1e400, "t":"\u0041" }`, string(in.Message.GetContent()))
	in, err = DecodeSend(9, []byte(`{"toUserId":"3"}`))
	require.NoError(t, err)
	require.Equal(t, "s:3:9", in.Conversation)
	_, err = DecodeSend(9, nil)
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
}

func TestDecodeReadAndSyncFaults(t *testing.T) {
	t.Parallel()
	for _, data := range []string{``, `{}`, `{"conversationId":"s:1:2","seq":"1"}`, `{"conversationId":"s:1:2","seq":-1}`, `{"conversationId":7}`} {
		_, err := DecodeRead([]byte(data))
		require.ErrorIs(t, err, errs.ErrInvalidArgument, data)
	}
	for _, data := range []string{`{"since":1}`, `{"limit":"x"}`, `{"conversations":{}}`, `{"conversations":[1]}`, `{"conversations":[{}]}`} {
		_, err := DecodeSync([]byte(data))
		require.ErrorIs(t, err, errs.ErrInvalidArgument, data)
	}
	in, err := DecodeSync([]byte(`{"limit":99999999999}`))
	require.NoError(t, err)
	require.Equal(t, int32(1<<31-1), in.GetLimit())
}

// FuzzDecode compares the scanner with encoding/json: what one takes the other takes, with the same result.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"id":"1","type":"ping"}`, `{"id":"1","type":"message.send","data":{"content":{"a":[1,"]"]},"toUserId":"2"}}`, `{`, `[]`, `{"id":1}`,
		`{"a":{"b":"\"}"},"id":"x","type":"sync","data":{"conversations":[{"conversationId":"g:1"}]}}`, "\xff", `{"id":"\ud800","type":"x"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		req, err := Decode(in)
		var plain map[string]json.RawMessage
		if json.Unmarshal(in, &plain) != nil || plain == nil {
			require.Error(t, err)
			return
		}
		_, _ = DecodeSend(1, req.Data)
		_, _ = DecodeRead(req.Data)
		_, _ = DecodeSync(req.Data)
		if err != nil || !utf8.Valid(in) { // the router takes no other
			return
		}
		var id, kind string
		require.NoError(t, json.Unmarshal(plain["id"], &id))
		require.NoError(t, json.Unmarshal(plain["type"], &kind))
		require.Equal(t, id, req.ID)
		require.Equal(t, kind, req.Type)
	})
}

func BenchmarkDecodeSend(b *testing.B) {
	in := []byte(`{"id":"17","type":"message.send","data":{"clientMsgId":"0123456789abcdef","conversationId":"s:1:2","type":"text","content":{"text":"` +
		strings.Repeat("x", 100) + `"}}}`)
	b.ReportAllocs()
	for b.Loop() {
		req, err := Decode(in)
		if err != nil {
			b.Fatal(err)
		}
		if _, err = DecodeSend(1, req.Data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkMessage(b *testing.B) {
	e := &logpb.Entry{ConversationId: "g:1", Seq: 5, MessageId: 6, Type: "text", Content: []byte(`{"text":"` + strings.Repeat("x", 100) + `"}`)}
	b.ReportAllocs()
	for b.Loop() {
		_ = Message(e)
	}
}

func TestHeads(t *testing.T) {
	t.Parallel()
	require.JSONEq(t, `{"type":"heads","data":{"items":[{"conversationId":"s:1:2","maxSeq":7},{"conversationId":"g:\"3","maxSeq":9007199254740993}]}}`,
		string(payload(t, Heads([]Head{{"s:1:2", 7}, {`g:"3`, 9007199254740993}}))))
}
