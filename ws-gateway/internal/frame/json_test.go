package frame

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/utils/errs"
)

var js = JSON.Codec()

func TestAnswersAreJSON(t *testing.T) {
	t.Parallel()
	id := "a\"\\\n<\u2028é"
	for name, f := range map[string][]byte{
		"ping": js.Pinged(id, 1), "sent": js.Sent(id, &chatpb.SendResponse{ConversationId: id}), "read": js.WasRead(id, 2),
		"error": js.Failed(id, errs.InvalidFields(errs.Field{Field: id, Message: id}, errs.Field{Field: "b", Message: "c"})),
	} {
		var got struct{ ID, Type string }
		require.NoError(t, json.Unmarshal(payload(t, f), &got), name)
		require.Equal(t, id, got.ID, name)
	}
	require.JSONEq(t, `{"type":"error","error":{"reason":"RATE_LIMITED","message":"too many requests","retryable":true,"retryAfterMs":0}}`,
		string(payload(t, js.Failed("", errs.ErrRateLimited))))
	require.JSONEq(t, `{"type":"hello","data":{"userId":"1","sessionId":"2","deviceId":"d\"","connectionId":"c","heartbeatMs":3,"serverTime":4}}`,
		string(payload(t, js.Hello(Welcome{User: 1, Session: 2, Device: `d"`, ConnectionID: "c", HeartbeatMs: 3, ServerTime: 4}))))
	require.JSONEq(t, `{"type":"read","data":{"conversationId":"s:1:2","userId":"1","seq":9}}`, string(payload(t, js.Read("s:1:2", 1, 9))))
	require.JSONEq(t, `{"type":"kicked","data":{"reason":"SESSION_REVOKED"}}`, string(payload(t, js.Kicked(KickedRevoked))))
	require.JSONEq(t, `{"type":"goaway","data":{"reconnectAfterMs":5}}`, string(payload(t, js.GoAway(5))))
	page, err := js.Synced(id, &chatpb.SyncResponse{More: true})
	require.NoError(t, err)
	require.Contains(t, string(payload(t, page)), `"conversations":[],"nextSince":"","more":true`)
}

func TestDecodeToleratesWhatJSONAllows(t *testing.T) {
	t.Parallel()
	req, err := js.Decode([]byte(" \n{ \"x\" : [1,{\"a\":\"}\"},\"]\"] , \"data\" : null ,\"type\":\"p\\u0069ng\",\"id\":\"\\\"\"\t} "), false)
	require.NoError(t, err)
	require.Equal(t, Request{ID: `"`, Type: "ping", data: jsonData(nil)}, req)
	req, err = js.Decode([]byte(`{"id":"`+strings.Repeat("é", 64)+`","type":"x","data":{}}`), false)
	require.NoError(t, err)
	require.Equal(t, jsonData("{}"), req.data)
}

func TestDecodeSendKeepsNumbersAndBytes(t *testing.T) {
	t.Parallel()
	in, err := object(`{"content":{ "n" : 1e400, "t":"\u0041" },"groupId":"5","clientMsgId":"\u0041","mentions":null}`).Send(9)
	require.NoError(t, err)
	require.Equal(t, "g:5", in.Conversation)
	require.Equal(t, "A", in.Message.GetClientMsgId())
	require.Equal(t, `{ "n" : 1e400, "t":"\u0041" }`, string(in.Message.GetContent()))
	in, err = object(`{"toUserId":"3"}`).Send(9)
	require.NoError(t, err)
	require.Equal(t, "s:3:9", in.Conversation)
	_, err = object("").Send(9)
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
}

// object is a request with the data.
func object(data string) Request { return Request{ID: "1", data: jsonData(data)} }

func TestDecodeReadAndSyncFaults(t *testing.T) {
	t.Parallel()
	for _, data := range []string{``, `{}`, `{"conversationId":"s:1:2","seq":"1"}`, `{"conversationId":"s:1:2","seq":-1}`, `{"conversationId":7}`} {
		_, err := object(data).Read()
		require.ErrorIs(t, err, errs.ErrInvalidArgument, data)
	}
	for _, data := range []string{`{"since":1}`, `{"limit":"x"}`, `{"conversations":{}}`, `{"conversations":[1]}`, `{"conversations":[{}]}`} {
		_, err := object(data).Sync()
		require.ErrorIs(t, err, errs.ErrInvalidArgument, data)
	}
	in, err := object(`{"limit":99999999999}`).Sync()
	require.NoError(t, err)
	require.Equal(t, int32(1<<31-1), in.GetLimit())
}

// FuzzDecodeJSON compares the scanner with encoding/json: what one takes the other takes, with the same result.
func FuzzDecodeJSON(f *testing.F) {
	for _, seed := range []string{
		`{"id":"1","type":"ping"}`, `{"id":"1","type":"message.send","data":{"content":{"a":[1,"]"]},"toUserId":"2"}}`, `{`, `[]`, `{"id":1}`,
		`{"a":{"b":"\"}"},"id":"x","type":"sync","data":{"conversations":[{"conversationId":"g:1"}]}}`, "\xff", `{"id":"\ud800","type":"x"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, in []byte) {
		req, err := js.Decode(in, false)
		var plain map[string]json.RawMessage
		if json.Unmarshal(in, &plain) != nil || plain == nil {
			require.Error(t, err)
			return
		}
		requireTyped(t, err)
		if err != nil || !utf8.Valid(in) { // the router takes no other
			return
		}
		requireDataIsTyped(t, req)
		var id, kind string
		require.NoError(t, json.Unmarshal(plain["id"], &id))
		require.NoError(t, json.Unmarshal(plain["type"], &kind))
		require.Equal(t, id, req.ID)
		require.Equal(t, kind, req.Type)
	})
}
