package imclient

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"im-backend/common/imclient/fakeim"
	"im-backend/common/proto/gen/wspb"
)

// protoServer greets, answers pings, refuses sends and says something unknown before each answer.
func protoServer(t *testing.T) string {
	t.Helper()
	upgrader := websocket.Upgrader{Subprotocols: []string{string(Proto)}}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ws, err := upgrader.Upgrade(w, r, nil)
		if err != nil {
			return
		}
		defer func() { _ = ws.Close() }()
		write := func(f *wspb.ServerFrame) {
			payload, _ := proto.Marshal(f)
			_ = ws.WriteMessage(websocket.BinaryMessage, payload)
		}
		write(&wspb.ServerFrame{Frame: &wspb.ServerFrame_Hello{Hello: &wspb.Hello{UserId: 7, HeartbeatMs: 30_000}}})
		for {
			kind, payload, err := ws.ReadMessage()
			in := &wspb.ClientFrame{}
			if err != nil || kind != websocket.BinaryMessage || proto.Unmarshal(payload, in) != nil {
				return
			}
			_ = ws.WriteMessage(websocket.BinaryMessage, protowire.AppendVarint(protowire.AppendTag(nil, 500, protowire.VarintType), 1))
			write(&wspb.ServerFrame{Frame: &wspb.ServerFrame_Read{Read: &wspb.Read{ConversationId: "c", UserId: 8, Seq: 9}}})
			if in.GetPing() != nil {
				write(&wspb.ServerFrame{Id: in.GetId(), Frame: &wspb.ServerFrame_Pinged{Pinged: &wspb.PingAnswer{ServerTime: 5}}})
			} else {
				write(&wspb.ServerFrame{Id: in.GetId(), Frame: &wspb.ServerFrame_Error{Error: &wspb.Error{
					Reason: "UNAVAILABLE", Message: "later", Retryable: true, RetryAfterMs: 5,
				}}})
			}
		}
	}))
	t.Cleanup(server.Close)
	return "ws" + strings.TrimPrefix(server.URL, "http")
}

func TestAConnectionInProtobufIsUsedLikeOneInJSON(t *testing.T) {
	t.Parallel()
	conn, err := Dial(t.Context(), protoServer(t), Bearer("x"), Speaking(Proto))
	require.NoError(t, err)
	t.Cleanup(conn.Close)
	require.Equal(t, "7", conn.Hello().UserID)
	var pong struct{ ServerTime int64 }
	require.NoError(t, conn.Request(t.Context(), "ping", nil, &pong))
	require.EqualValues(t, 5, pong.ServerTime)
	e := <-conn.Events()
	require.Equal(t, "read", e.Type)
	require.JSONEq(t, `{"conversationId":"c","userId":"8","seq":9}`, string(e.Data))

	m := Text("x")
	m.ToUserID = "8"
	var refused *APIError
	require.ErrorAs(t, conn.Request(t.Context(), "message.send", m, nil), &refused)
	require.Equal(t, "UNAVAILABLE", refused.Reason)
	require.True(t, refused.Retryable)
	require.Equal(t, 5*time.Millisecond, refused.RetryAfter)
	require.Error(t, conn.Request(t.Context(), "no.such.type", nil, nil))
	require.NoError(t, conn.Request(t.Context(), "ping", nil, nil), "what cannot be asked is not sent")
}

func TestAServerThatDoesNotSpeakTheSubprotocolIsLeft(t *testing.T) {
	t.Parallel()
	_, err := Dial(t.Context(), fakeim.New(t).WS(), Bearer("access-0"), Speaking(Proto))
	require.ErrorIs(t, err, errProtocol)
	conn, err := Dial(t.Context(), fakeim.New(t).WS(), Bearer("access-0"), Speaking(""))
	require.NoError(t, err)
	conn.Close()
}
