package e2e_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/proto"

	"im-backend/common/proto/gen/wspb"
	"im-backend/common/utils/errs"
)

// frameData has the fields of the data of each request.
var frameData = map[string][]string{
	"ping": {}, "message.send": {"clientMsgId", "conversationId", "type", "content", "replyToSeq", "mentions"},
	"message.recall": {"conversationId", "seq"}, "message.edit": {"conversationId", "seq", "content", "mentions"},
	"message.react": {"conversationId", "seq", "emoji", "removed"}, "conversation.read": {"conversationId", "seq"},
	"conversation.delivered": {"conversationId", "seq"}, "conversation.typing": {"conversationId"},
	"sync": {"since", "limit", "conversations"}, "presence.subscribe": {"userIds"},
}

// serverFaults are the reasons that no input may have.
var serverFaults = []*errs.Error{errs.ErrInternal, errs.ErrUnavailable, errs.ErrTimeout}

func requireNoServerFault(t testing.TB, reason string, sent any) {
	t.Helper()
	for _, fault := range serverFaults {
		require.NotEqual(t, fault.Reason, reason, "%.500q", sent)
	}
}

// frame makes a request that is right but for a fault or two, or none at all.
func (in *inputs) frame(kind, id string, faults int) string {
	data := map[string]string{}
	for _, name := range frameData[kind] {
		good, ok := in.good[name]
		switch {
		case kind == "conversation.delivered" && name == "conversationId":
			data[name] = in.good["single"]
		case name == "conversations":
			data[name] = `[{"conversationId":` + in.good["conversationId"] + `,"afterSeq":0,"limit":5}]`
		case name == "since":
			data[name] = `""`
		case ok:
			data[name] = good
		default:
			data[name] = `"` + unique("v") + `"`
		}
	}
	members := map[string]string{"id": `"` + id + `"`, "type": `"` + kind + `"`}
	for range faults {
		switch in.IntN(12) {
		case 0:
			in.mutate(members)
		case 1:
			members["data"] = in.pick(nasty)
		case 2:
			if raw := in.pick(bodies); len(raw) < 60<<10 {
				return raw
			}
		default:
			in.mutate(data)
		}
	}
	if _, ok := members["data"]; !ok {
		members["data"] = in.object(data)
	}
	return in.object(members)
}

// talk writes frames and a ping after each, until the gateway has enough, and answers how many it took.
func (in *inputs) talk(t *testing.T, p *person, frames func(i int) (int, []byte, bool), ping func(id string) (int, []byte),
	read func(payload []byte) (id, reason string),
) {
	t.Helper()
	protocol := "im.v1.json"
	if kind, _ := ping(""); kind == websocket.BinaryMessage {
		protocol = "im.v1.proto"
	}
	ws := p.rawSocket(sys.WSURLs()[0], protocol)
	for i := 0; ; i++ {
		kind, payload, more := frames(i)
		if !more {
			return
		}
		mark := fmt.Sprint("mark-", i)
		markKind, markPayload := ping(mark)
		require.NoError(t, ws.SetReadDeadline(time.Now().Add(30*time.Second)))
		_ = ws.WriteMessage(kind, payload) // a failure shows in the next read
		_ = ws.WriteMessage(markKind, markPayload)
		for id := ""; id != mark; {
			_, answer, err := ws.ReadMessage()
			if err != nil {
				require.True(t, websocket.IsCloseError(err, 1007, 1009, 4003, 4503), "%v: %.500q", err, payload)
				ws = p.rawSocket(sys.WSURLs()[0], protocol)
				break
			}
			var reason string
			id, reason = read(answer)
			requireNoServerFault(t, reason, payload)
		}
	}
}

func TestNoFrameIsAServerError(t *testing.T) {
	t.Parallel()
	const each = 60
	d := openAPI(t)
	for kind := range frameData {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			seed := rand.Uint64()
			t.Logf("seed %d", seed)
			in, me := newInputs(t, d, seed)
			in.talk(t, me, func(i int) (int, []byte, bool) {
				return websocket.TextMessage, []byte(in.frame(kind, fmt.Sprint("request-", i), min(i, 1+in.IntN(2)))), i < each
			}, func(id string) (int, []byte) {
				return websocket.TextMessage, []byte(`{"id":"` + id + `","type":"ping"}`)
			}, func(payload []byte) (string, string) {
				var f rawFrame
				require.NoError(t, json.Unmarshal(payload, &f))
				if f.Type != "ok" && f.Type != "error" {
					return "", ""
				}
				reason := f.reason(t)
				if f.ID != nil && *f.ID == "request-0" {
					require.NotEqual(t, "INVALID_ARGUMENT", reason, "a right request: %s", payload)
				}
				if f.ID == nil {
					return "", reason
				}
				return *f.ID, reason
			})
		})
	}
}

// binaryFrame is a right request of any type in im.v1.proto; odd ones have fields that are out of all bounds.
func (in *inputs) binaryFrame(id string) []byte {
	text := func() string { return strings.ToValidUTF8(plain(in.pick(nasty)), "") }
	conversation := plain(in.good["conversationId"])
	if in.IntN(3) == 0 {
		conversation = text()
	}
	number := []int64{0, -1, 1, 2, 1 << 40, 1<<63 - 1, -1 << 63}[in.IntN(7)]
	f := &wspb.ClientFrame{Id: id}
	switch in.IntN(9) {
	case 0:
		f.Request = &wspb.ClientFrame_Send{Send: &wspb.SendRequest{
			ClientMsgId: text(), ConversationId: conversation, Type: "text", Content: []byte(in.pick(nasty)), ReplyToSeq: number, Mentions: []string{text()},
		}}
	case 1:
		f.Request = &wspb.ClientFrame_Send{Send: &wspb.SendRequest{ClientMsgId: id, ToUserId: number, Type: text(), Content: []byte(`{"text":"x"}`)}}
	case 2:
		f.Request = &wspb.ClientFrame_Read{Read: &wspb.ReadRequest{ConversationId: conversation, Seq: number}}
	case 3:
		f.Request = &wspb.ClientFrame_Sync{Sync: &wspb.SyncRequest{
			Since: text(), Limit: int32(number), Conversations: []*wspb.Position{{ConversationId: conversation, AfterSeq: number, Limit: int32(number)}},
		}}
	case 4:
		f.Request = &wspb.ClientFrame_PresenceSubscribe{PresenceSubscribe: &wspb.PresenceRequest{UserIds: []int64{number, 1}}}
	case 5:
		f.Request = &wspb.ClientFrame_Edit{Edit: &wspb.EditRequest{ConversationId: conversation, Seq: number, Content: []byte(in.pick(nasty))}}
	case 6:
		f.Request = &wspb.ClientFrame_React{React: &wspb.ReactRequest{ConversationId: conversation, Seq: number, Emoji: text()}}
	case 7:
		f.Request = &wspb.ClientFrame_Delivered{Delivered: &wspb.DeliveredRequest{ConversationId: conversation, Seq: number}}
	default:
		f.Request = &wspb.ClientFrame_Typing{Typing: &wspb.TypingRequest{ConversationId: conversation}}
	}
	payload, err := proto.Marshal(f)
	if err != nil || in.IntN(4) > 0 || len(payload) == 0 {
		return payload
	}
	payload[in.IntN(len(payload))] ^= byte(1 << in.IntN(8)) // a bit has fallen over
	return payload
}

func TestNoBinaryFrameIsAServerError(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	in, me := newInputs(t, openAPI(t), seed)
	in.talk(t, me, func(i int) (int, []byte, bool) {
		return websocket.BinaryMessage, in.binaryFrame(fmt.Sprint("request-", i)), i < 500
	}, func(id string) (int, []byte) {
		payload, _ := proto.Marshal(&wspb.ClientFrame{Id: id, Request: &wspb.ClientFrame_Ping{Ping: &wspb.PingRequest{}}})
		return websocket.BinaryMessage, payload
	}, func(payload []byte) (string, string) {
		f := &wspb.ServerFrame{}
		require.NoError(t, proto.Unmarshal(payload, f))
		return f.GetId(), f.GetError().GetReason()
	})
}
