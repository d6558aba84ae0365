package transcode_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"im-backend/common/imclient/transcode"
	"im-backend/common/proto/gen/wspb"
)

func TestRequestsSayInProtobufWhatTheySayInJSON(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]*wspb.ClientFrame{
		`{"id":"1","type":"ping"}`:             {Id: "1", Request: &wspb.ClientFrame_Ping{Ping: &wspb.PingRequest{}}},
		`{"id":"2","type":"ping","data":null}`: {Id: "2", Request: &wspb.ClientFrame_Ping{Ping: &wspb.PingRequest{}}},
		`{"id":"3","type":"message.send","data":{"clientMsgId":"m","toUserId":"1152921504606846976","type":"text",` +
			`"content":{ "n":12345678901234567890.5 },"replyToSeq":4,"mentions":["all"]}}`: {Id: "3", Request: &wspb.ClientFrame_Send{
			Send: &wspb.SendRequest{
				ClientMsgId: "m", ToUserId: 1 << 60, Type: "text", Content: []byte(`{ "n":12345678901234567890.5 }`), ReplyToSeq: 4,
				Mentions: []string{"all"},
			},
		}},
		`{"id":"4","type":"message.send","data":{"groupId":"5","conversationId":"c"}}`: {Id: "4", Request: &wspb.ClientFrame_Send{
			Send: &wspb.SendRequest{GroupId: 5, ConversationId: "c"},
		}},
		`{"id":"5","type":"conversation.read","data":{"conversationId":"c","seq":9}}`: {Id: "5", Request: &wspb.ClientFrame_Read{
			Read: &wspb.ReadRequest{ConversationId: "c", Seq: 9},
		}},
		`{"id":"6","type":"sync","data":{"since":"s","limit":1,"conversations":[{"conversationId":"c","afterSeq":2,"limit":3}]}}`: {
			Id: "6", Request: &wspb.ClientFrame_Sync{Sync: &wspb.SyncRequest{
				Since: "s", Limit: 1, Conversations: []*wspb.Position{{ConversationId: "c", AfterSeq: 2, Limit: 3}},
			}},
		},
	} {
		payload, err := transcode.Request([]byte(text))
		require.NoError(t, err, text)
		got := &wspb.ClientFrame{}
		require.NoError(t, proto.Unmarshal(payload, got), text)
		require.True(t, proto.Equal(want, got), "%s\n%v", text, got)
	}
}

func TestWhatCannotBeAskedInProtobuf(t *testing.T) {
	t.Parallel()
	_, err := transcode.Request([]byte(`{"id":"1","type":"no.such.type"}`))
	require.ErrorIs(t, err, transcode.ErrUnknown)
	for _, text := range []string{
		`no JSON`, `{"id":7}`, `{"id":"1","type":"message.send","data":{"toUserId":"x"}}`,
		`{"id":"1","type":"conversation.read","data":{"seq":"x"}}`, `{"id":"1","type":"sync","data":[]}`,
	} {
		_, err := transcode.Request([]byte(text))
		require.Error(t, err, text)
	}
}

func TestFramesSayInJSONWhatTheySayInProtobuf(t *testing.T) {
	t.Parallel()
	for want, frame := range map[string]*wspb.ServerFrame{
		`{"id":"1","type":"ok","data":{"serverTime":5}}`: {Id: "1", Frame: &wspb.ServerFrame_Pinged{Pinged: &wspb.PingAnswer{ServerTime: 5}}},
		`{"id":"1","type":"ok","data":{"readSeq":0}}`:    {Id: "1", Frame: &wspb.ServerFrame_WasRead{WasRead: &wspb.ReadAnswer{}}},
		`{"id":"1","type":"ok","data":{"messageId":"1152921504606846976","conversationId":"c","seq":2,"serverTime":3}}`: {
			Id: "1", Frame: &wspb.ServerFrame_Sent{Sent: &wspb.SendAnswer{MessageId: 1 << 60, ConversationId: "c", Seq: 2, ServerTime: 3}},
		},
		`{"type":"error","error":{"reason":"R","message":"m","retryable":true,"retryAfterMs":4,"fields":[{"field":"f","message":"g"}]}}`: {
			Frame: &wspb.ServerFrame_Error{Error: &wspb.Error{
				Reason: "R", Message: "m", Retryable: true, RetryAfterMs: 4, Fields: []*wspb.Field{{Field: "f", Message: "g"}},
			}},
		},
		`{"type":"heads","data":{"items":[{"conversationId":"c","maxSeq":7}]}}`: {Frame: &wspb.ServerFrame_Heads{
			Heads: &wspb.Heads{Items: []*wspb.Head{{ConversationId: "c", MaxSeq: 7}}},
		}},
		`{"type":"message","data":{"conversationId":"c","seq":1,"messageId":"2","clientMsgId":"m","senderId":"0","type":"text",` +
			`"content":{"text":"<"},"createdAt":3}}`: {Frame: &wspb.ServerFrame_Message{Message: &wspb.Message{
			ConversationId: "c", Seq: 1, MessageId: 2, ClientMsgId: "m", Type: "text", Content: []byte(`{"text":"<"}`), CreatedAt: 3,
		}}},
	} {
		payload, err := proto.Marshal(frame)
		require.NoError(t, err)
		text, err := transcode.Frame(payload)
		require.NoError(t, err)
		require.JSONEq(t, want, string(text))
	}
}

func TestFramesOfALaterVersionAreUnknown(t *testing.T) {
	t.Parallel()
	_, err := transcode.Frame(protowire.AppendString(protowire.AppendTag(nil, 500, protowire.BytesType), "data"))
	require.ErrorIs(t, err, transcode.ErrUnknown)
	_, err = transcode.Frame([]byte("\xff"))
	require.Error(t, err)
}
