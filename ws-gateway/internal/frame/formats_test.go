package frame

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"im-backend/common/imclient/transcode"
	"im-backend/common/proto/gen/chatpb"
	"im-backend/common/proto/gen/logpb"
	"im-backend/common/proto/gen/wsgatewaypb"
	"im-backend/common/proto/gen/wspb"
	"im-backend/common/utils/errs"
)

func fullEntry(content string) *logpb.Entry {
	return &logpb.Entry{
		ConversationId: "g:1", Seq: 5, MessageId: 1 << 60, ClientMsgId: "c\"1", SenderId: 7, Type: "text", Content: []byte(content),
		ReplyToSeq: 4, Mentions: []string{"8", "all"}, CreatedAt: 11, EditedAt: 12, RecalledAt: 13,
		Changes:   []*logpb.MemberChange{{Kind: logpb.MemberChange_KIND_JOINED, UserId: 987654321}},
		Reactions: []*logpb.Reaction{{Emoji: "👍", Count: 2, Mine: true}, {Emoji: ":a:", Count: 1}}, ReactionSeq: 14,
	}
}

func fullPage() *chatpb.SyncResponse {
	return &chatpb.SyncResponse{
		NextSince: "t", More: true, Reset_: true,
		Conversations: []*chatpb.SyncConversation{
			{
				Conversation: &chatpb.Conversation{
					ConversationId: "g:1", Type: "group", MaxSeq: 1, MinSeq: 2, ReadSeq: 3, Unread: 4, Mentioned: true, Pinned: true,
					MutedUntil: 5, Draft: "d", UpdatedAt: 6, MentionCount: 7, FirstMentionSeq: 8, LastMessage: fullEntry(`{}`),
					Archived: true, MarkedUnread: true, Hidden: true, PeerReadSeq: 7, PeerDeliveredSeq: 8, Version: 9,
					Group: &chatpb.GroupSummary{GroupId: 1, Name: "n", AvatarUrl: "a", MemberCount: 2},
				},
				Messages: []*logpb.Entry{fullEntry(`{"text":"<é>"}`), {Content: []byte(`{}`)}}, HasMore: true,
				DeletedSeqs: []int64{1, 2}, DeletedMore: true,
			},
			{Conversation: &chatpb.Conversation{
				ConversationId: "s:1:2", Type: "single", Peer: &chatpb.PeerSummary{UserId: 2, Username: "u", Nickname: "n", AvatarUrl: "a"},
			}},
		},
	}
}

// everything is one frame of every kind in a codec.
func everything(t testing.TB, c Codec) map[string][]byte {
	t.Helper()
	id := "a\"\\\n<\u2028é"
	page, err := c.Synced(id, fullPage())
	require.NoError(t, err)
	empty, err := c.Synced(id, &chatpb.SyncResponse{})
	require.NoError(t, err)
	return map[string][]byte{
		"pinged":       c.Pinged(id, 1),
		"sent":         c.Sent(id, &chatpb.SendResponse{MessageId: 1 << 60, ConversationId: id, Seq: 2, ServerTime: 3, RepeatedSend: true}),
		"sent zero":    c.Sent(id, &chatpb.SendResponse{}),
		"was read":     c.WasRead(id, 2),
		"was read 0":   c.WasRead(id, 0),
		"synced":       page,
		"synced empty": empty,
		"failed":       c.Failed(id, errs.InvalidFields(errs.Field{Field: id, Message: id}, errs.Field{Field: "b", Message: "c"})),
		"limited":      c.Failed(id, errs.ErrRateLimited.After(1500_000_000)),
		"no id":        c.Failed("", errs.ErrForbidden),
		"hello":        c.Hello(Welcome{User: 1, Session: 2, Device: `d"`, ConnectionID: "c", HeartbeatMs: 3, ServerTime: 4}),
		"message":      c.Message(fullEntry(`{ "text" : "<é>", "n":12345678901234567890.5 }`)),
		"bare message": c.Message(&logpb.Entry{Content: []byte(`{}`)}),
		"read":         c.Read("s:1:2", 1, 9),
		"delivered":    c.Delivered("s:1:2", 1, 9),
		"received":     c.WasDelivered(id, 2),
		"typing":       c.Typing(`s:"`, 1<<60),
		"typing taken": c.TypingTaken(id),
		"state": c.Conversation(&wsgatewaypb.ConversationEvent{
			ConversationId: `s:"`, ExceptSessionId: 987654321, Version: 1, Pinned: true, MutedUntil: 2, Draft: "<é>", MarkedUnread: true,
			Archived: true, Hidden: true, MinSeq: 3, ReadSeq: 4, Unread: 5, DeletedSeqs: []int64{6, 7},
		}),
		"empty state": c.Conversation(&wsgatewaypb.ConversationEvent{}),
		"heads":       c.Heads([]Head{{ConversationID: "s:1:2", MaxSeq: 9}, {ConversationID: `"`, MaxSeq: 0}}),
		"no heads":    c.Heads(nil),
		"presence":    c.Presence(Presence{User: 1, Platforms: []string{"ios", `"`}, LastSeenAt: 9}),
		"offline":     c.Presence(Presence{User: 1 << 60}),
		"followed":    c.Followed(id, []Presence{{User: 1, Platforms: []string{"web"}}, {User: 2, LastSeenAt: 3}}),
		"none":        c.Followed(id, nil),
		"kicked":      c.Kicked(KickedRevoked),
		"goaway":      c.GoAway(5),
		"goaway now":  c.GoAway(0),
	}
}

func TestBothFormatsSayTheSame(t *testing.T) {
	t.Parallel()
	inProto := everything(t, pb)
	for name, f := range everything(t, js) {
		require.Equal(t, byte(finText), f[0], name)
		require.Equal(t, byte(finBinary), inProto[name][0], name)
		text, err := transcode.Frame(payload(t, inProto[name]))
		require.NoError(t, err, name)
		require.JSONEq(t, string(payload(t, f)), string(text), name)
		require.Less(t, len(inProto[name]), len(f), name)
		require.NotContains(t, string(text), "987654321", "members that an entry moves are not for clients")
	}
}

func TestBothFormatsAskTheSame(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ kind, data string }{
		{TypePing, `{}`},
		{TypeSend, `{"clientMsgId":"m","conversationId":"g:1","type":"text","content":{ "n":1e400,"t":"<" },"replyToSeq":3,"mentions":["4","all"]}`},
		{TypeSend, `{"clientMsgId":"m","toUserId":"3","type":"text","content":{}}`},
		{TypeSend, `{"groupId":"3"}`},
		{TypeSend, `{}`},
		{TypeRecall, `{"conversationId":"s:1:2","seq":9}`},
		{TypeRecall, `{}`},
		{TypeEdit, `{"conversationId":"s:1:2","seq":9,"content":{ "text":"<é>" },"mentions":["all"]}`},
		{TypeEdit, `{"conversationId":"s:1:2","seq":-1}`},
		{TypeReact, `{"conversationId":"s:1:2","seq":9,"emoji":"👍","removed":true}`},
		{TypeReact, `{"conversationId":"s:1:2","seq":9,"emoji":":a:","removed":false}`},
		{TypeReact, `{"conversationId":"s:1:2","seq":0}`},
		{TypeRead, `{"conversationId":"s:1:2","seq":9}`},
		{TypeRead, `{"seq":-1}`},
		{TypeDelivered, `{"conversationId":"s:1:2","seq":9}`},
		{TypeDelivered, `{"seq":-1}`},
		{TypeTyping, `{"conversationId":"s:1:2"}`},
		{TypeTyping, `{}`},
		{TypePresence, `{"userIds":[]}`},
		{TypePresence, `{"userIds":["7","1152921504606846976","7"]}`},
		{TypeSync, `{}`},
		{TypeSync, `{"since":"t","limit":7,"conversations":[{"conversationId":"g:1","afterSeq":3,"limit":-9},{}]}`},
	} {
		text := []byte(`{"id":"1","type":"` + tc.kind + `","data":` + tc.data + `}`)
		binary, err := transcode.Request(text)
		require.NoError(t, err)
		inJSON, err := js.Decode(text, false)
		require.NoError(t, err)
		inProto, err := pb.Decode(binary, true)
		require.NoError(t, err)
		require.Equal(t, inJSON.ID, inProto.ID)
		require.Equal(t, inJSON.Type, inProto.Type)

		switch tc.kind {
		case TypeSend:
			one, oneErr := inJSON.Send(9)
			other, otherErr := inProto.Send(9)
			require.Equal(t, oneErr, otherErr, tc.data)
			require.Equal(t, one.Conversation, other.Conversation)
			require.True(t, proto.Equal(one.Message, other.Message), tc.data)
		case TypeRecall, TypeEdit, TypeReact:
			one, oneErr := inJSON.Change()
			other, otherErr := inProto.Change()
			require.Equal(t, oneErr, otherErr, tc.data)
			require.Equal(t, one, other, tc.data)
		case TypeRead:
			one, oneErr := inJSON.Read()
			other, otherErr := inProto.Read()
			require.Equal(t, oneErr, otherErr, tc.data)
			require.Equal(t, one, other)
		case TypeDelivered:
			one, oneErr := inJSON.Delivered()
			other, otherErr := inProto.Delivered()
			require.Equal(t, oneErr, otherErr, tc.data)
			require.Equal(t, one, other)
		case TypeTyping:
			one, oneErr := inJSON.Typing()
			other, otherErr := inProto.Typing()
			require.Equal(t, oneErr, otherErr, tc.data)
			require.Equal(t, one, other)
		case TypeSync:
			one, oneErr := inJSON.Sync()
			other, otherErr := inProto.Sync()
			require.Equal(t, oneErr, otherErr, tc.data)
			require.True(t, proto.Equal(one, other), tc.data)
		case TypePresence:
			one, oneErr := inJSON.Presence()
			other, otherErr := inProto.Presence()
			require.NoError(t, oneErr)
			require.NoError(t, otherErr)
			require.Equal(t, one, other, tc.data)
		}
	}
}

func TestWhatAChangeHasToName(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		kind, data string
		fields     []string
	}{
		{TypeRecall, `{"conversationId":"s:1:2","seq":1}`, nil},
		{TypeRecall, `{}`, []string{"conversationId", "seq"}},
		{TypeRecall, `{"conversationId":1,"seq":"1"}`, []string{"conversationId", "seq", "conversationId", "seq"}},
		{TypeEdit, `{"conversationId":"s:1:2","seq":1,"content":{}}`, nil},
		{TypeEdit, `{"conversationId":"s:1:2","seq":1}`, []string{"content"}},
		{TypeEdit, `{"conversationId":"s:1:2","seq":1,"content":"text","mentions":"all"}`, []string{"content", "mentions", "content"}},
		{TypeReact, `{"conversationId":"s:1:2","seq":1,"emoji":"👍"}`, nil},
		{TypeReact, `{"conversationId":"s:1:2","seq":1,"emoji":"👍","removed":null}`, nil},
		{TypeReact, `{"conversationId":"s:1:2","seq":1,"removed":1}`, []string{"removed", "emoji"}},
	} {
		req, err := js.Decode([]byte(`{"id":"1","type":"`+tc.kind+`","data":`+tc.data+`}`), false)
		require.NoError(t, err)
		_, err = req.Change()
		if tc.fields == nil {
			require.NoError(t, err, tc.data)
			continue
		}
		var named []string
		for _, f := range errs.From(err).Fields {
			named = append(named, f.Field)
		}
		require.Equal(t, tc.fields, named, tc.data)
	}
	req, err := pb.Decode(marshalled(t, &wspb.ClientFrame{Id: "1", Request: &wspb.ClientFrame_Edit{
		Edit: &wspb.EditRequest{ConversationId: "s:1:2", Seq: 1, Content: []byte(`{"text":"` + "\xff" + `"}`)},
	}}), true)
	require.NoError(t, err)
	_, err = req.Change()
	require.ErrorIs(t, err, errs.ErrInvalidArgument, "it becomes part of JSON")
}

func TestWhoIsFollowedIsAListOfAtMost500Ids(t *testing.T) {
	t.Parallel()
	ids := func(n int) string { return "[" + strings.TrimSuffix(strings.Repeat(`"7",`, n), ",") + "]" }
	for data, good := range map[string]bool{
		`{}`: false, `{"userIds":null}`: false, `{"userIds":"7"}`: false, `{"userIds":[7]}`: false, `{"userIds":["x"]}`: false,
		`{"userIds":["0"]}`: false, `{"userIds":["-1"]}`: false, `{"userIds":` + ids(500) + `}`: true, `{"userIds":` + ids(501) + `}`: false,
	} {
		req, err := js.Decode([]byte(`{"id":"1","type":"presence.subscribe","data":`+data+`}`), false)
		require.NoError(t, err)
		_, err = req.Presence()
		require.Equal(t, good, err == nil, data)
	}
	payload, err := proto.Marshal(&wspb.ClientFrame{Id: "1", Request: &wspb.ClientFrame_PresenceSubscribe{
		PresenceSubscribe: &wspb.PresenceRequest{UserIds: []int64{0}},
	}})
	require.NoError(t, err)
	req, err := pb.Decode(payload, true)
	require.NoError(t, err)
	_, err = req.Presence()
	require.ErrorIs(t, err, errs.ErrInvalidArgument)
}

func TestFormats(t *testing.T) {
	t.Parallel()
	require.Equal(t, JSON, FormatOf(""))
	require.Equal(t, JSON, FormatOf("im.v1.json"))
	require.Equal(t, Proto, FormatOf("im.v1.proto"))
	for _, f := range []Format{JSON, Proto} {
		require.False(t, f.IsDeflated())
		require.True(t, f.Deflated().IsDeflated())
		require.Equal(t, f, f.Deflated().Plain())
		require.Equal(t, f.Codec(), f.Deflated().Codec())
		require.Less(t, int(f.Deflated()), Formats)
	}
}

func BenchmarkDecodeSend(b *testing.B) {
	text := []byte(`{"id":"17","type":"message.send","data":{"clientMsgId":"0123456789abcdef","conversationId":"s:1:2","type":"text",` +
		`"content":{"text":"` + strings.Repeat("x", 100) + `"}}}`)
	require.True(b, json.Valid(text))
	binary, err := transcode.Request(text)
	require.NoError(b, err)
	for format, in := range [][]byte{JSON: text, Proto: binary} {
		b.Run(Subprotocols[format], func(b *testing.B) {
			codec := Format(format).Codec()
			b.ReportAllocs()
			for b.Loop() {
				req, err := codec.Decode(in, Format(format) == Proto)
				if err != nil {
					b.Fatal(err)
				}
				if _, err = req.Send(1); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkMessage(b *testing.B) {
	e := &logpb.Entry{ConversationId: "g:1", Seq: 5, MessageId: 6, Type: "text", Content: []byte(`{"text":"` + strings.Repeat("x", 100) + `"}`)}
	for format, name := range Subprotocols {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_ = Format(format).Codec().Message(e)
			}
		})
	}
}
