package app

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"

	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/logpb"
)

func TestRequests(t *testing.T) {
	t.Parallel()
	for _, d := range dialects {
		t.Run(d.String(), func(t *testing.T) {
			t.Parallel()
			w := newWorldIn(t, d, nil)
			c := w.connect("1", "1")

			c.send(`{"id":"a\"b<é","type":"ping"}`)
			pong := c.next()
			require.Equal(t, `a"b<é`, *pong.ID)
			require.Equal(t, "ok", pong.Type)
			require.Contains(t, string(pong.Data), "serverTime")

			c.send(`{"id":"s1","type":"message.send","data":{"clientMsgId":"m1","toUserId":"2","type":"text",` +
				`"content":{"text":"hi","n":12345678901234567890.5},"replyToSeq":3,"mentions":["4","all"]}}`)
			sent := c.next()
			require.Equal(t, "ok", sent.Type)
			require.JSONEq(t, `{"messageId":"9007199254740993","conversationId":"s:1:2","seq":1,"serverTime":1700000000000}`, string(sent.Data))
			w.log.set(func(l *database) {
				m := l.bodies["m1"]
				require.Equal(t, `{"text":"hi","n":12345678901234567890.5}`, string(m.GetContent()))
				require.Equal(t, int64(3), m.GetReplyToSeq())
				require.Equal(t, []string{"4", "all"}, m.GetMentions())
			})

			c.send(`{"id":"r1","type":"conversation.read","data":{"conversationId":"s:1:2","seq":1}}`)
			require.JSONEq(t, `{"readSeq":3}`, string(c.next().Data))
			c.send(`{"id":"r2","type":"conversation.read","data":{"conversationId":"s:1:9","seq":1}}`)
			require.Equal(t, "CONVERSATION_NOT_FOUND", c.next().Error.Reason)

			c.send(`{"id":"d1","type":"conversation.delivered","data":{"conversationId":"s:1:2","seq":5}}`)
			require.JSONEq(t, `{"deliveredSeq":5}`, string(c.next().Data))
			c.send(`{"id":"d2","type":"conversation.delivered","data":{"conversationId":"s:1:9","seq":1}}`)
			require.Equal(t, "CONVERSATION_NOT_FOUND", c.next().Error.Reason)

			c.send(`{"id":"y1","type":"sync"}`)
			require.JSONEq(t, `{"conversations":[],"nextSince":"t1","more":false,"reset":false}`, string(c.next().Data))
			c.send(`{"id":"y2","type":"sync","data":{"since":"echo","limit":5,"conversations":[{"conversationId":"g:1","afterSeq":7,"limit":9}]}}`)
			var page struct{ NextSince string }
			require.NoError(t, json.Unmarshal(c.next().Data, &page))
			require.JSONEq(t, `[{"conversation_id":"g:1","after_seq":7,"limit":9}]`, page.NextSince)
		})
	}
}

func TestRefusedRequestsKeepTheConnection(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, nil)
	c := w.connect("1", "1")
	for _, data := range []string{
		`{"clientMsgId":"m","type":"text","content":{}}`,
		`{"clientMsgId":"m","type":"text","content":{},"toUserId":"2","groupId":"3"}`,
		`{"clientMsgId":"m","type":"text","content":{},"toUserId":2}`,
		`{"clientMsgId":"m","type":"text","content":{},"toUserId":"02"}`,
		`{"clientMsgId":"m","type":"text","content":"text","toUserId":"2"}`,
		`{"clientMsgId":7,"type":"text","content":{},"toUserId":"2"}`,
		`{"clientMsgId":"m","type":"text","content":{},"toUserId":"2","replyToSeq":1.5}`,
		`{"clientMsgId":"m","type":"text","content":{},"toUserId":"2","mentions":[1]}`,
		`{"clientMsgId":"m","type":"refused","content":{},"toUserId":"2"}`,
	} {
		c.send(`{"id":"x","type":"message.send","data":` + data + `}`)
		r := c.next()
		require.Equal(t, "x", *r.ID, data)
		require.Equal(t, "error", r.Type, data)
		require.Equal(t, "INVALID_ARGUMENT", r.Error.Reason, data)
		require.False(t, r.Error.Retryable, data)
		require.NotEmpty(t, r.Error.Fields, data)
	}
	for _, kind := range []string{"message.recall", "presence.subscribe", "conversation.typing", "nonsense"} {
		c.send(`{"id":"u","type":"` + kind + `","data":{}}`)
		require.Equal(t, "INVALID_ARGUMENT", c.next().Error.Reason)
	}
	require.Empty(t, c.fence())
}

func TestTenMalformedFramesCloseWith4503(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, nil)
	c := w.connect("1", "1")
	long := strings.Repeat("x", 65)
	for _, tc := range []struct{ text, id string }{
		{`not json`, ""},
		{`[]`, ""},
		{`{"type":"ping"}`, ""},
		{`{"id":7,"type":"ping"}`, ""},
		{`{"id":"","type":"ping"}`, ""},
		{`{"id":"` + long + `","type":"ping"}`, ""},
		{`{"id":"t","type":7}`, "t"},
		{`{"id":"n"}`, "n"},
		{`{"id":"d","type":"sync","data":[]}`, "d"},
	} {
		c.send(tc.text)
		r := c.next()
		require.Equal(t, "error", r.Type, tc.text)
		require.Equal(t, "INVALID_ARGUMENT", r.Error.Reason, tc.text)
		if tc.id == "" {
			require.Nil(t, r.ID, tc.text)
		} else {
			require.Equal(t, tc.id, *r.ID, tc.text)
		}
	}
	require.Empty(t, c.fence())
	require.NoError(t, c.ws.WriteMessage(websocket.BinaryMessage, []byte(`{"id":"b","type":"ping"}`)))
	code, before := c.closeCode()
	require.Equal(t, 4503, code)
	require.Len(t, before, 1)
	require.Equal(t, "INVALID_ARGUMENT", before[0].Error.Reason)
}

func TestTooLargeAFrameClosesWith1009(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, nil)
	c := w.connect("1", "1")
	head := `{"id":"big","type":"ping","data":{"x":"`
	c.send(head + strings.Repeat("x", 65536-len(head)-3) + `"}}`)
	require.Equal(t, "ok", c.next().Type)
	c.send(strings.Repeat("x", 65537))
	code, _ := c.closeCode()
	require.Equal(t, 1009, code)
}

func TestNotUTF8ClosesWith1007(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, nil)
	c := w.connect("1", "1")
	c.send("{\"id\":\"\xff\",\"type\":\"ping\"}")
	code, _ := c.closeCode()
	require.Equal(t, 1007, code)
}

func TestRateLimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1, func(c *Config) { c.Conn.Rate, c.Conn.Burst, c.Conn.RefusedRate, c.Conn.RefusedLimit = 1, 5, 1, 20 })
	c := w.connect("1", "1")
	for range 5 {
		c.send(`{"id":"p","type":"ping"}`)
		require.Equal(t, "ok", c.next().Type)
	}
	c.send(`{"id":"over","type":"ping"}`)
	r := c.next()
	require.Equal(t, "over", *r.ID)
	require.Equal(t, "RATE_LIMITED", r.Error.Reason)
	require.True(t, r.Error.Retryable)
	require.Positive(t, r.Error.RetryAfterMs)
	for range 40 {
		if c.ws.WriteMessage(websocket.TextMessage, []byte(`{"id":"p","type":"ping"}`)) != nil {
			break
		}
	}
	code, _ := c.closeCode()
	require.Equal(t, 4003, code)
}

func TestAPageOfSyncMayBeLargerThanTheQueue(t *testing.T) {
	t.Parallel()
	for _, d := range dialects {
		t.Run(d.String(), func(t *testing.T) {
			t.Parallel()
			w := newWorldIn(t, d, func(c *Config) { c.Conn.QueueBytes = 100_000 })
			big := &chatpb.SyncConversation{Conversation: &chatpb.Conversation{ConversationId: "g:1"}}
			for i := range 200 {
				big.Messages = append(big.Messages, &logpb.Entry{Seq: int64(i), Content: []byte(`{"text":"` + strings.Repeat("y", 16000) + `"}`)})
			}
			w.log.set(func(l *database) {
				l.page = func() (*chatpb.SyncResponse, error) {
					return &chatpb.SyncResponse{Conversations: []*chatpb.SyncConversation{big}}, nil
				}
			})
			c := w.connect("1", "1")
			for i := range 3 {
				c.send(fmt.Sprintf(`{"id":"%d","type":"sync"}`, i))
				r := c.next()
				require.Equal(t, "ok", r.Type)
				require.Greater(t, len(r.Data), 3_000_000)
			}
		})
	}
}
